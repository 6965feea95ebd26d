/** Chance that repeats: the same seed gives the same losses and the same jitter on every machine. */

/** Gives the next number in [0, 1), evenly spread; Marsaglia's xorshift on 32 bits. */
export type Random = () => number;

export function seededRandom(seed: number): Random {
	// The all-zero state would stay zero for ever; the mixing keeps near seeds apart.
	let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0 || 1;
	return () => {
		state ^= state << 13;
		state ^= state >>> 17;
		state ^= state << 5;
		return (state >>> 0) / 2 ** 32;
	};
}
