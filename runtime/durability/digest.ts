/**
 * Tells by 64 bits whether bytes are the same as others of the same length: misses a change once in 2^64.
 *
 * It finds what went another way by accident, not who means to deceive. Four words at a time, each in a
 * sum of its own so that none waits for the one before; a fifth remembers what the four have been, so that
 * two changes to one of them cannot make up for each other unseen.
 */

export interface Digest {
	/** 32 bits each, as `setUint32` takes them. */
	readonly low: number;
	readonly high: number;
}

const blockBytes = 16;

/** Of the bytes from `begin` up to `end`, which may lie anywhere. */
export function digestOf(view: DataView, begin: number, end: number): Digest {
	const stop = end - ((end - begin) % blockBytes);
	let [a, b, c, d, all] = [1, 2, 3, 4, end - begin];
	for (let at = begin; at < stop; at += blockBytes) {
		a = Math.imul(a ^ view.getInt32(at, true), 0x9e37_79b1);
		a ^= a >>> 15;
		b = Math.imul(b ^ view.getInt32(at + 4, true), 0x85eb_ca77);
		b ^= b >>> 15;
		c = Math.imul(c ^ view.getInt32(at + 8, true), 0xc2b2_ae3d);
		c ^= c >>> 15;
		d = Math.imul(d ^ view.getInt32(at + 12, true), 0x27d4_eb2f);
		d ^= d >>> 15;
		all = (Math.imul(all, 0x1656_67b1) + a + b + c + d) | 0;
	}
	for (let at = stop; at < end; at++) {
		a = Math.imul(a ^ view.getUint8(at), 0x9e37_79b1);
		a ^= a >>> 15;
		all = (Math.imul(all, 0x1656_67b1) + a) | 0;
	}
	const low = mixed(mixed(mixed(mixed(a) ^ b) ^ c) ^ d);
	return { low: low >>> 0, high: mixed(low ^ all) >>> 0 };
}

/** Every bit of the word decides about every bit of the answer. */
function mixed(word: number): number {
	let bits = Math.imul(word ^ (word >>> 16), 0x85eb_ca6b);
	bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2_ae35);
	return bits ^ (bits >>> 16);
}
