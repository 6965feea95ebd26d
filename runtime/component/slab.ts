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

/** Copies that have come back are of so many lengths at most, found by their remainder. */
const lengths = 32;
/**
 * Kept of one length: as many as are under way at once where much is said. All of them together keep 8 MiB of slabs in
 * memory, if each is the last one of its own.
 */
const mostSpares = 64;

const none = new ArrayBuffer(0);

export class Slab {
	#buffer = none;
	#used = slabBytes;
	/** All of one entry have the same length. */
	readonly #spares = Array.from({ length: lengths }, (): Uint8Array<ArrayBuffer>[] => []);

	copy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
		const { length } = bytes;
		const spares = this.#spares[length % lengths] as Uint8Array<ArrayBuffer>[];
		if (spares.length > 0 && spares[0]?.length === length) {
			const spare = spares.pop() as Uint8Array<ArrayBuffer>;
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
		if (length === 0 || length > mostInSlab) return;
		const spares = this.#spares[length % lengths] as Uint8Array<ArrayBuffer>[];
		if (spares.length > 0 && spares[0]?.length !== length) spares.length = 0;
		if (spares.length < mostSpares) spares.push(copied);
	}

	/** The same of a part, of which there is no view yet. */
	copyPart(bytes: Uint8Array, from: number, to: number): Uint8Array {
		return isShared(to - from) ? this.copy(bytes.subarray(from, to)) : bytes.slice(from, to);
	}
}

function isShared(length: number): boolean {
	return length > mostInHeap && length <= mostInSlab;
}
