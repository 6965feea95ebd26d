/** Randomness as a port. */

export interface Entropy {
	/** Fills all of `bytes`, up to 65 536 of them. */
	fill(bytes: Uint8Array): void;
}
