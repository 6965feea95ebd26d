/**
 * Memory that large answers are read into, one after the other. Made anew for each, it is what the engine looks for
 * with most of the work that a box has with a release: nothing else of that size comes so often.
 */

/** Room is rounded up to this: answers of a file differ by a few bytes. */
const roundBytes = 65_536;
/** As many as may be on their way, and be used, at a time. */
const mostSpares = 6;

export class AnswerMemory {
	/** What was given out, and may come back: anything else is somebody else's. */
	readonly #ours = new WeakSet<ArrayBufferLike>();
	#spares: ArrayBuffer[] = [];

	/** Its content is whatever was there. */
	take(length: number): Buffer {
		if (length < roundBytes) return Buffer.allocUnsafeSlow(length);
		const at = this.#spares.findIndex((spare) => spare.byteLength >= length);
		const [spare] = at < 0 ? [] : this.#spares.splice(at, 1);
		if (spare !== undefined) return Buffer.from(spare, 0, length);
		const made = Buffer.allocUnsafeSlow(Math.ceil(length / roundBytes) * roundBytes);
		this.#ours.add(made.buffer);
		return made.subarray(0, length);
	}

	/** @param bytes any part of what was taken; nobody may read it from now on */
	giveBack({ buffer }: Uint8Array): void {
		if (!this.#ours.has(buffer) || this.#spares.includes(buffer as ArrayBuffer)) return;
		this.#spares.push(buffer as ArrayBuffer);
		// The oldest first: answers grow.
		if (this.#spares.length > mostSpares) this.#spares.shift();
	}

	/** Keeps nothing for what is to come. */
	forget(): void {
		this.#spares = [];
	}
}
