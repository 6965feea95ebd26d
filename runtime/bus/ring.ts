/**
 * A one-way ring of records in shared memory: one thread writes, one other reads, neither ever waits in it.
 *
 * What is written is seen only after `commit`, which publishes one index behind the bytes: a thread that
 * dies in the middle of a record leaves nothing that could be read. The two ends share no lock.
 */

/** Places of the shared words, each on a cache line of its own. */
const place = { head: 0, tail: 16, starved: 32 } as const;
const controlBytes = 192;
/** Length of a record that stands for the unused end of the ring. */
const skipped = -1;

/** @param capacity bytes, a power of two; a record takes at most half of it */
export function makeRing(capacity = 65_536): SharedArrayBuffer {
	if (capacity < 64 || !Number.isInteger(Math.log2(capacity)))
		throw new RangeError(`a ring of ${capacity} bytes: it must be a power of two, 64 at least`);
	return new SharedArrayBuffer(controlBytes + capacity);
}

/** A record with its length before it, in whole words. */
function sizeOf(bytes: number): number {
	return (bytes + 7) & ~3;
}

class RingEnd {
	/** The ring's memory in words of four bytes; little-endian on every machine that Node runs on. */
	readonly words: Int32Array;
	readonly bytes: Uint8Array;
	readonly capacity: number;
	protected readonly control: Int32Array;

	constructor(buffer: SharedArrayBuffer) {
		this.capacity = buffer.byteLength - controlBytes;
		this.control = new Int32Array(buffer, 0, controlBytes / 4);
		this.words = new Int32Array(buffer, controlBytes);
		this.bytes = new Uint8Array(buffer, controlBytes);
	}
}

export class RingWriter extends RingEnd {
	/** Counts bytes for ever, in 32 bits; where it stands in the ring are its low bits. */
	#tail: number;
	#committed: number;
	/** What is known of the reader: it may be further. */
	#head: number;

	constructor(buffer: SharedArrayBuffer) {
		super(buffer);
		this.#tail = this.#committed = Atomics.load(this.control, place.tail);
		this.#head = Atomics.load(this.control, place.head);
	}

	/**
	 * Where the next record of `length` bytes goes: the offset of its first byte, on a whole word. -1 when
	 * there is no room; then the reader is asked to say so when there is (`RingReader.release`).
	 */
	claim(length: number): number {
		const size = sizeOf(length);
		if (size > this.capacity / 2) throw new RangeError(`a record of ${length} bytes does not fit the ring`);
		let at = this.#tail & (this.capacity - 1);
		const toEnd = this.capacity - at;
		// A record lies in one piece: where it would not, it begins at the start again.
		const isCut = size > toEnd;
		if (!this.#hasRoom(isCut ? toEnd + size : size)) return -1;
		if (isCut) {
			this.words[at >> 2] = skipped;
			this.#tail = (this.#tail + toEnd) | 0;
			at = 0;
		}
		this.words[at >> 2] = length;
		this.#tail = (this.#tail + size) | 0;
		return at + 4;
	}

	/** Lets the reader see all that was written; false when there was nothing new. */
	commit(): boolean {
		if (this.#tail === this.#committed) return false;
		this.#committed = this.#tail;
		Atomics.store(this.control, place.tail, this.#tail);
		return true;
	}

	#hasRoom(size: number): boolean {
		if (this.#isFree(size)) return true;
		this.#head = Atomics.load(this.control, place.head);
		if (this.#isFree(size)) return true;
		Atomics.store(this.control, place.starved, 1);
		// The reader may have gone on between the look and the flag, and would never see it.
		this.#head = Atomics.load(this.control, place.head);
		return this.#isFree(size);
	}

	#isFree(size: number): boolean {
		return this.capacity - ((this.#tail - this.#head) >>> 0) >= size;
	}
}

export class RingReader extends RingEnd {
	#head: number;
	#released: number;
	#tail: number;
	/** Length of the record that `peek` has found. */
	length = 0;
	#size = 0;
	/** How often the ring held what no writer writes; all that was in it then is lost. */
	breaks = 0;

	constructor(buffer: SharedArrayBuffer) {
		super(buffer);
		this.#head = this.#released = Atomics.load(this.control, place.head);
		this.#tail = Atomics.load(this.control, place.tail);
	}

	/** Offset of the next record, which stays where it is until `next` and `release`; -1 when there is none. */
	peek(): number {
		if (this.#head === this.#tail) {
			this.#tail = Atomics.load(this.control, place.tail);
			if (this.#head === this.#tail) return -1;
		}
		let at = this.#head & (this.capacity - 1);
		if (this.words[at >> 2] === skipped) {
			this.#head = (this.#head + this.capacity - at) | 0;
			at = 0;
		}
		const length = this.words[at >> 2] ?? 0;
		const size = sizeOf(length);
		const left = (this.#tail - this.#head) >>> 0;
		if (length < 0 || left > this.capacity || size > left || at + size > this.capacity) {
			this.breaks++;
			this.#head = this.#tail;
			return -1;
		}
		this.length = length;
		this.#size = size;
		return at + 4;
	}

	/** Leaves the record that `peek` has found. */
	next(): void {
		this.#head = (this.#head + this.#size) | 0;
	}

	/**
	 * Gives the room of all that was left back; true when the writer waits for it and has to be told. Not for a
	 * little: as long as more than half of the ring is still to be read, there is time to tell it later.
	 */
	release(): boolean {
		if (this.#head === this.#released) return false;
		this.#released = this.#head;
		Atomics.store(this.control, place.head, this.#head);
		if ((this.#tail - this.#head) >>> 0 > this.capacity / 2) return false;
		return (
			Atomics.load(this.control, place.starved) === 1 &&
			Atomics.exchange(this.control, place.starved, 0) === 1
		);
	}
}
