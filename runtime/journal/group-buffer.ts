/**
 * Records of many turns as one group: what a journal writes with one write and makes durable with one sync.
 *
 * A group is a header of 32 bytes (mark, salt, body length, count, first sequence, checksum of the body,
 * checksum of the header), then its records, then zeros up to a multiple of 32 bytes. A record is its
 * payload behind 8 bytes (length, kind and stream); its sequence is the first of the group plus its place.
 * All numbers are little-endian. The checksum is one for the group, not one a record: a group reaches the
 * disk whole or was never durable, and nothing behind a damaged record may be replayed anyway. That of the
 * body is the lower half of its XXH64: a group is summed up where it was written.
 */
import { CheckedBytes, checkUnit } from '../digest/checked-bytes.ts';
import type { Checksum } from './checksum.ts';

export const groupMark = 0x3247_4a4d; // 'MJG2'
export const groupHeaderBytes = 32;
export const recordHeaderBytes = 8;
const smallBeforeShrinking = 8;
/** No file with a higher one was written by a journal: at a million records a second it takes 142 years. */
export const mostSequence = 2 ** 52;

/** Puts a payload into bytes that have room for it, from `at` on, and returns where it ends. */
export type WriteRecord = (into: Uint8Array, at: number) => number;

export class GroupBuffer {
	#room: CheckedBytes;
	#bytes: Uint8Array;
	#view: DataView;
	readonly #usualBytes: number;
	#end = groupHeaderBytes;
	#count = 0;
	#waiting = 0;
	/** Groups in succession that used little of it. */
	#small = 0;

	/** @param usualBytes what it has room for at least; it grows as it must, and shrinks again */
	constructor(usualBytes: number) {
		this.#room = new CheckedBytes(usualBytes);
		this.#bytes = this.#room.bytes;
		this.#usualBytes = this.#bytes.length;
		this.#view = new DataView(this.#bytes.buffer);
	}

	/** Records in it. */
	get count(): number {
		return this.#count;
	}

	/** Bytes it takes on disk, without the padding. */
	get bytes(): number {
		return this.#end;
	}

	/** Bytes that are in memory because of it: its own, and what waits until it is durable. */
	get heldBytes(): number {
		return this.#end + this.#waiting;
	}

	/** So many bytes more wait until it is durable. */
	hold(bytes: number): void {
		this.#waiting += bytes;
	}

	/** Nothing waits for it. */
	letGo(): void {
		this.#waiting = 0;
	}

	add(kind: number, stream: number, payload: Uint8Array): void {
		const { length } = payload;
		const start = this.#end + recordHeaderBytes;
		if (start + length > this.#bytes.length) this.#grow(start + length);
		this.#bytes.set(payload, start);
		this.#finish(kind, stream, start + length);
	}

	/**
	 * Adds a record that `write` puts into place itself.
	 *
	 * @param mostBytes that it may have
	 */
	encode(kind: number, stream: number, mostBytes: number, write: WriteRecord): void {
		const start = this.#end + recordHeaderBytes;
		if (start + mostBytes > this.#bytes.length) this.#grow(start + mostBytes);
		const end = write(this.#bytes, start);
		if (!(end >= start && end <= start + mostBytes))
			throw new RangeError(`a record of at most ${mostBytes} bytes was written as ${end - start}`);
		this.#finish(kind, stream, end);
	}

	/** The group as it goes to disk, numbered from `first`; valid until the next change. */
	seal({ first, salt, checksum }: { first: number; salt: number; checksum: Checksum }): Uint8Array {
		const padded = Math.ceil(this.#end / checkUnit) * checkUnit;
		if (padded > this.#bytes.length) this.#grow(padded);
		this.#bytes.fill(0, this.#end, padded);
		const view = this.#view;
		view.setUint32(0, groupMark, true);
		view.setUint32(4, salt, true);
		view.setUint32(8, padded - groupHeaderBytes, true);
		view.setUint32(12, this.#count, true);
		view.setBigUint64(16, BigInt(first), true);
		view.setUint32(24, this.#room.check(groupHeaderBytes, padded - groupHeaderBytes), true);
		view.setUint32(28, checksum(this.#bytes.subarray(0, 28)), true);
		return this.#bytes.subarray(0, padded);
	}

	/**
	 * Empties it. Room beyond the usual is given back after some groups that used little of it: under load it
	 * would only be made again and again.
	 */
	clear(): void {
		this.#small = this.#end > this.#usualBytes / 4 ? 0 : this.#small + 1;
		this.#end = groupHeaderBytes;
		this.#count = 0;
		this.#waiting = 0;
		const isLarge = this.#bytes.length > this.#usualBytes;
		if (isLarge && this.#small >= smallBeforeShrinking) this.#resize(this.#usualBytes);
	}

	#finish(kind: number, stream: number, end: number): void {
		const at = this.#end;
		this.#view.setUint32(at, end - at - recordHeaderBytes, true);
		this.#view.setUint32(at + 4, (stream << 8) | kind, true);
		this.#end = end;
		this.#count++;
	}

	#grow(bytes: number): void {
		const old = this.#bytes;
		this.#resize(Math.max(bytes, old.length * 2));
		this.#bytes.set(old.subarray(0, this.#end));
	}

	#resize(bytes: number): void {
		this.#room = new CheckedBytes(bytes);
		this.#bytes = this.#room.bytes;
		this.#view = new DataView(this.#bytes.buffer);
	}
}
