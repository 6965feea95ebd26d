/** The double of `Entropy`: the same bytes for the same seed. */
import type { Entropy } from './entropy.ts';

/** A xorshift generator; the seed must not be 0. */
export function simulatedEntropy(seed = 1): Entropy {
	let state = seed | 0;
	return {
		fill: (bytes) => {
			for (let at = 0; at < bytes.length; at++) {
				state ^= state << 13;
				state ^= state >>> 17;
				state ^= state << 5;
				bytes[at] = state & 0xff;
			}
		},
	};
}
