/** Bytes that grow: records are put one behind the other. */

export class RecordBuffer {
	/** What is there ends at `length`; what is behind it is room. */
	bytes: Uint8Array<ArrayBuffer>;
	length = 0;

	/** @param capacity bytes of room at first; default 16 KiB */
	constructor(capacity = 16_384) {
		this.bytes = new Uint8Array(capacity);
	}

	/** A view of what is there; what is put after a `clear` overwrites it. */
	get written(): Uint8Array<ArrayBuffer> {
		return this.bytes.subarray(0, this.length);
	}

	/** Makes room behind what is there. */
	reserve(more: number): void {
		const needed = this.length + more;
		if (needed <= this.bytes.length) return;
		const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
		grown.set(this.written);
		this.bytes = grown;
	}

	append(bytes: Uint8Array): void {
		this.reserve(bytes.length);
		this.bytes.set(bytes, this.length);
		this.length += bytes.length;
	}

	clear(): void {
		this.length = 0;
	}
}
