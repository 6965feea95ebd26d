/**
 * Copies bytes into buffers that many copies share: one of its own costs a short payload several times its copying.
 *
 * Each copy keeps its whole slab in memory. What is to be kept for long is copied once more.
 */

/** Up to so many bytes are made in the engine's own heap. */
const mostInHeap = 64;
const slabBytes = 4096;
/** What is longer would leave much of a slab empty. */
const mostInSlab = slabBytes / 4;

const none = new ArrayBuffer(0);

export class Slab {
	#buffer = none;
	#used = slabBytes;

	copy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
		const { length } = bytes;
		// By way of a view is faster than `slice`.
		if (!isShared(length)) return new Uint8Array(bytes);
		if (this.#used + length > slabBytes) {
			this.#buffer = new ArrayBuffer(slabBytes);
			this.#used = 0;
		}
		const copied = new Uint8Array(this.#buffer, this.#used, length);
		this.#used += length;
		copied.set(bytes);
		return copied;
	}

	/** The same of a part, of which there is no view yet. */
	copyPart(bytes: Uint8Array, from: number, to: number): Uint8Array {
		return isShared(to - from) ? this.copy(bytes.subarray(from, to)) : bytes.slice(from, to);
	}
}

function isShared(length: number): boolean {
	return length > mostInHeap && length <= mostInSlab;
}
