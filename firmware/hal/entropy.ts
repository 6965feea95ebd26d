/** Randomness of the operating system. */
import { randomFillSync } from 'node:crypto';
import type { Entropy } from '../../runtime/entropy.ts';

export const systemEntropy: Entropy = {
	fill: (bytes) => {
		randomFillSync(bytes);
	},
};
