/** Images for tests: bytes that differ everywhere, so that a piece in a wrong place shows. */
import { createHash } from 'node:crypto';
import type { Image } from './write-marks.ts';

export function content(length: number, seed = 1): Uint8Array {
	const words = new Uint32Array(Math.ceil(length / 4));
	let state = seed >>> 0 || 1;
	for (let at = 0; at < words.length; at++) {
		state ^= state << 13;
		state ^= state >>> 17;
		state ^= state << 5;
		words[at] = state;
	}
	return new Uint8Array(words.buffer, 0, length);
}

/** Whole numbers from 0 to `most`, the same ones for the same seed. */
export function chooser(seed: number): (most: number) => number {
	let state = (Math.imul(seed, 2_654_435_761) ^ 0x9e37_79b9) >>> 0 || 1;
	return (most) => {
		state ^= state << 13;
		state ^= state >>> 17;
		state ^= state << 5;
		return (state >>> 0) % (most + 1);
	};
}

export function imageOf(bytes: Uint8Array): Image {
	return { length: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** The bytes from a place on, in chunks as a network brings them. */
export async function* chunksOf(bytes: Uint8Array, { from = 0, chunkBytes = 100_000 } = {}) {
	for (let at = from; at < bytes.length; at += chunkBytes) yield bytes.slice(at, at + chunkBytes);
}
