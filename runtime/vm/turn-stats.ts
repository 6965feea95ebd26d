/**
 * How long the turns of a VM take: a histogram of fixed size with a logarithmic scale, since the
 * start and over a sliding window. Counting a turn costs a few nanoseconds and allocates nothing.
 */

/** Times in microseconds, to the upper end of their bucket: at most a quarter too high, never too low. */
export interface TurnTimes {
	readonly p50Us: number;
	readonly p99Us: number;
	readonly maxUs: number;
}

export interface TurnCounts {
	readonly turns: number;
	readonly events: number;
	/** Inside the guest. */
	readonly busyUs: number;
	/** Realtime turns that started later than they should have. */
	readonly late: number;
	readonly latestUs: number;
	/** Since the VM came into its cell. */
	readonly ever: TurnTimes;
	/** Of the last 5 to 10 seconds; zeros where it has had no turn. */
	readonly lately: TurnTimes;
}

/** Buckets: 0 to 3 us each for itself, then four an octave up to 2^24 us, which is more than any turn gets. */
export const turnBuckets = 96;
/** Half of the longest time that `lately` looks back. */
const halfWindowUs = 5_000_000;

export function bucketOf(us: number): number {
	if (us < 4) return us < 0 ? 0 : us | 0;
	const octave = 31 - Math.clz32(us);
	const bucket = (octave - 1) * 4 + ((us >>> (octave - 2)) & 3);
	return bucket < turnBuckets && us < 0x8000_0000 ? bucket : turnBuckets - 1;
}

/** The longest time that a bucket holds, in whole microseconds; of the last one, Infinity. */
export function upperEndUs(bucket: number): number {
	if (bucket < 4) return bucket;
	if (bucket === turnBuckets - 1) return Number.POSITIVE_INFINITY;
	const octave = (bucket >> 2) + 1;
	return (5 + (bucket & 3)) * 2 ** (octave - 2) - 1;
}

const none: TurnTimes = { p50Us: 0, p99Us: 0, maxUs: 0 };

/** One period of turns. */
class Period {
	readonly buckets = new Uint32Array(turnBuckets);
	turns = 0;
	maxUs = 0;

	add(us: number): void {
		// There is one for every time.
		(this.buckets[bucketOf(us)] as number)++;
		this.turns++;
		if (us > this.maxUs) this.maxUs = us;
	}

	addAll({ buckets, turns, maxUs }: Period): void {
		for (let bucket = 0; bucket < turnBuckets; bucket++)
			this.buckets[bucket] = (this.buckets[bucket] ?? 0) + (buckets[bucket] ?? 0);
		this.turns += turns;
		this.maxUs = Math.max(this.maxUs, maxUs);
	}

	clear(): void {
		this.buckets.fill(0);
		this.turns = 0;
		this.maxUs = 0;
	}
}

/** Made with the first turn: a VM that sleeps from its start needs none of it. */
interface Periods {
	/** All that is older than `recent`. */
	readonly past: Period;
	/** A turn is counted here only, and joins the others when this period ends. */
	recent: Period;
	before: Period;
	recentSinceUs: number;
}

export class TurnStats {
	#events = 0;
	#busyUs = 0;
	#late = 0;
	#latestUs = 0;
	#periods: Periods | undefined;

	get turns(): number {
		const { past, recent } = this.#periods ?? {};
		return (past?.turns ?? 0) + (recent?.turns ?? 0);
	}

	/** A turn ended at `nowUs`, well or badly. */
	turn(nowUs: number, { tookUs, events }: { tookUs: number; events: number }): void {
		const periods = this.#periods ?? this.#begin(nowUs);
		if (nowUs - periods.recentSinceUs >= halfWindowUs) roll(periods, nowUs);
		periods.recent.add(tookUs);
		this.#events += events;
		this.#busyUs += tookUs;
	}

	#begin(nowUs: number): Periods {
		this.#periods = {
			past: new Period(),
			recent: new Period(),
			before: new Period(),
			recentSinceUs: nowUs,
		};
		return this.#periods;
	}

	/** A realtime turn started so much later than it should have. */
	late(byUs: number): void {
		this.#late++;
		if (byUs > this.#latestUs) this.#latestUs = byUs;
	}

	counts(nowUs: number): TurnCounts {
		const periods = this.#periods;
		if (periods !== undefined && nowUs - periods.recentSinceUs >= halfWindowUs) roll(periods, nowUs);
		return {
			turns: this.turns,
			events: this.#events,
			busyUs: Math.round(this.#busyUs),
			late: this.#late,
			latestUs: Math.round(this.#latestUs),
			ever: periods === undefined ? none : timesOf([periods.past, periods.recent]),
			lately: periods === undefined ? none : timesOf([periods.before, periods.recent]),
		};
	}
}

function roll(periods: Periods, nowUs: number): void {
	const { past, recent, before, recentSinceUs } = periods;
	past.addAll(recent);
	// After a pause of more than both halves nothing of what was is recent.
	if (nowUs - recentSinceUs >= 2 * halfWindowUs) recent.clear();
	before.clear();
	periods.before = recent;
	periods.recent = before;
	periods.recentSinceUs = nowUs;
}

function timesOf(periods: readonly Period[]): TurnTimes {
	const turns = periods.reduce((sum, period) => sum + period.turns, 0);
	if (turns === 0) return none;
	const maxUs = Math.max(...periods.map((period) => period.maxUs));
	const quantile = (share: number): number => {
		const rank = Math.max(1, Math.ceil(share * turns));
		let seen = 0;
		for (let bucket = 0; bucket < turnBuckets; bucket++) {
			for (const { buckets } of periods) seen += buckets[bucket] ?? 0;
			if (seen >= rank) return Math.min(upperEndUs(bucket), Math.ceil(maxUs));
		}
		return Math.ceil(maxUs);
	};
	return { p50Us: quantile(0.5), p99Us: quantile(0.99), maxUs: Math.ceil(maxUs) };
}
