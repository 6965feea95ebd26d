/**
 * Copies bytes into buffers that many copies share: one of its own costs a short payload several times its copying.
 *
 * Each copy keeps its whole slab in memory. What is to be kept for long is copied once more. A copy that nobody
 * holds any more may come back, and becomes the next one of its length: to make one takes longer than to fill it.
 */

/** Up to so many bytes are made in the engine's own heap. */
const mostInHeap = 64;
const slabBytes = 4096;
/** What is longer would leave much of a slab empty. */
const mostInSlab = slabBytes / 4;

/** Copies that have come back: one for each of so many lengths, by their remainder. */
const spareCount = 32;

const none = new ArrayBuffer(0);
const empty = new Uint8Array(none);

export class Slab {
	#buffer = none;
	#used = slabBytes;
	readonly #spare: Uint8Array<ArrayBuffer>[] = new Array(spareCount).fill(empty);

	copy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
		const { length } = bytes;
		const spare = this.#spare[length % spareCount] as Uint8Array<ArrayBuffer>;
		if (spare.length === length && length > 0) {
			this.#spare[length % spareCount] = empty;
			spare.set(bytes);
			return spare;
		}
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

	/** @param copied by this slab or another; nobody may hold it any more */
	takeBack(copied: Uint8Array<ArrayBuffer>): void {
		const { length } = copied;
		if (length <= mostInSlab) this.#spare[length % spareCount] = copied;
	}

	/** The same of a part, of which there is no view yet. */
	copyPart(bytes: Uint8Array, from: number, to: number): Uint8Array {
		return isShared(to - from) ? this.copy(bytes.subarray(from, to)) : bytes.slice(from, to);
	}
}

function isShared(length: number): boolean {
	return length > mostInHeap && length <= mostInSlab;
}
