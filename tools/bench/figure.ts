import { threadClockMs } from './thread-time.ts';

/** One measured figure beside its peer or its limit, as `npm run bench -- --json` prints it. */
export interface Figure {
	readonly name: string;
	/** Median over all rounds. */
	readonly value: number;
	readonly unit: string;
	/** What it is held against: another way to do the same in the same run, or a limit. */
	readonly peer: string;
	readonly peerValue: number;
	/** `value / peerValue`. */
	readonly ratio: number;
}

export interface Measured {
	readonly name: string;
	readonly value: number;
	readonly unit: string;
	readonly peer: string;
	readonly peerValue: number;
}

export function figure({ value, peerValue, unit, ...rest }: Measured): Figure {
	const ratio = rounded(value / peerValue);
	// A code has no unit, and is what it is.
	if (unit === '') return { ...rest, unit, value, peerValue, ratio };
	return { ...rest, unit, value: rounded(value), peerValue: rounded(peerValue), ratio };
}

/** Three digits that mean something. */
function rounded(value: number): number {
	return Number(value.toPrecision(3));
}

export function median(values: readonly number[]): number {
	const sorted = values.toSorted((a, b) => a - b);
	const middle = Math.floor(sorted.length / 2);
	const upper = sorted[middle] ?? Number.NaN;
	return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/**
 * Runs the subjects in turn, round after round, so that what else the machine does falls on all of
 * them alike. Each round begins with another one: what comes first finds other threads and caches.
 * Returns the median of each, of what each returned.
 */
export async function interleaved<Name extends string>(
	subjects: Record<Name, () => number | Promise<number>>,
	rounds: number,
): Promise<Record<Name, number>> {
	const names = Object.keys(subjects) as Name[];
	const seen = new Map(names.map((name) => [name, [] as number[]]));
	for (let round = 0; round < rounds; round++) {
		for (let at = 0; at < names.length; at++) {
			const name = names[(round + at) % names.length] as Name;
			seen.get(name)?.push(await subjects[name]());
		}
	}
	return Object.fromEntries(names.map((name) => [name, median(seen.get(name) ?? [])])) as Record<
		Name,
		number
	>;
}

const now = threadClockMs();

/** Nanoseconds of processor time that one of `count` calls takes: what else the machine does is not in it. */
export function nanosecondsEach(count: number, call: () => void): number {
	const startedAt = now();
	for (let left = count; left > 0; left--) call();
	return ((now() - startedAt) * 1e6) / count;
}

/** Against the limit that it has. */
export function limited(name: string, unit: string, value: number, peerValue: number): Figure {
	return figure({ name, unit, value, peer: 'limit', peerValue });
}
