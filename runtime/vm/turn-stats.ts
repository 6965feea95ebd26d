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

	add(bucket: number, us: number): void {
		this.buckets[bucket] = (this.buckets[bucket] ?? 0) + 1;
		this.turns++;
		if (us > this.maxUs) this.maxUs = us;
	}

	clear(): void {
		this.buckets.fill(0);
		this.turns = 0;
		this.maxUs = 0;
	}
}

export class TurnStats {
	#events = 0;
	#busyUs = 0;
	#late = 0;
	#latestUs = 0;
	/** Made with the first turn: a VM that sleeps from its start needs none. */
	#ever: Period | undefined;
	#recent: Period | undefined;
	#before: Period | undefined;
	#recentSinceUs = 0;

	get turns(): number {
		return this.#ever?.turns ?? 0;
	}

	/** A turn ended at `nowUs`, well or badly. */
	turn(nowUs: number, { tookUs, events }: { tookUs: number; events: number }): void {
		this.#ever ??= new Period();
		this.#roll(nowUs);
		const bucket = bucketOf(tookUs);
		this.#ever.add(bucket, tookUs);
		this.#recent?.add(bucket, tookUs);
		this.#events += events;
		this.#busyUs += tookUs;
	}

	/** A realtime turn started so much later than it should have. */
	late(byUs: number): void {
		this.#late++;
		if (byUs > this.#latestUs) this.#latestUs = byUs;
	}

	counts(nowUs: number): TurnCounts {
		if (this.#ever !== undefined) this.#roll(nowUs);
		return {
			turns: this.turns,
			events: this.#events,
			busyUs: Math.round(this.#busyUs),
			late: this.#late,
			latestUs: Math.round(this.#latestUs),
			ever: timesOf([this.#ever]),
			lately: timesOf([this.#recent, this.#before]),
		};
	}

	#roll(nowUs: number): void {
		const ageUs = nowUs - this.#recentSinceUs;
		if (this.#recent !== undefined && ageUs < halfWindowUs) return;
		const spare = this.#before ?? new Period();
		spare.clear();
		// After a pause of more than both halves nothing of what was is recent.
		if (ageUs >= 2 * halfWindowUs) this.#recent?.clear();
		this.#before = this.#recent ?? new Period();
		this.#recent = spare;
		this.#recentSinceUs = nowUs;
	}
}

function timesOf(periods: readonly (Period | undefined)[]): TurnTimes {
	const there = periods.filter((period) => period !== undefined);
	const turns = there.reduce((sum, period) => sum + period.turns, 0);
	if (turns === 0) return none;
	const maxUs = Math.max(...there.map((period) => period.maxUs));
	const quantile = (share: number): number => {
		const rank = Math.max(1, Math.ceil(share * turns));
		let seen = 0;
		for (let bucket = 0; bucket < turnBuckets; bucket++) {
			for (const { buckets } of there) seen += buckets[bucket] ?? 0;
			if (seen >= rank) return Math.min(upperEndUs(bucket), Math.ceil(maxUs));
		}
		return Math.ceil(maxUs);
	};
	return { p50Us: quantile(0.5), p99Us: quantile(0.99), maxUs: Math.ceil(maxUs) };
}
