/** Reads and writes numbers in the byte order of snapshots, the least significant byte first on every box. */
import { SnapshotError } from './error.ts';

export class ByteCursor {
	readonly #bytes: Uint8Array;
	readonly #view: DataView;
	#at = 0;

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes;
		this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
	}

	get at(): number {
		return this.#at;
	}

	get left(): number {
		return this.#bytes.length - this.#at;
	}

	/** Where `length` bytes begin, which are then behind. @throws SnapshotError `damaged` where they are not there */
	pass(length: number): number {
		if (length > this.left) throw new SnapshotError('damaged', 'the snapshot ends in the middle of a value');
		this.#at += length;
		return this.#at - length;
	}

	byte(): number {
		return this.#view.getUint8(this.pass(1));
	}

	u16(): number {
		return this.#view.getUint16(this.pass(2), true);
	}

	u32(): number {
		return this.#view.getUint32(this.pass(4), true);
	}

	u64(): bigint {
		return this.#view.getBigUint64(this.pass(8), true);
	}

	/** Not a copy. */
	bytes(length: number): Uint8Array {
		const from = this.pass(length);
		return this.#bytes.subarray(from, from + length);
	}

	putByte(value: number): void {
		this.#view.setUint8(this.pass(1), value);
	}

	putU16(value: number): void {
		this.#view.setUint16(this.pass(2), value, true);
	}

	putU32(value: number): void {
		this.#view.setUint32(this.pass(4), value, true);
	}

	putU64(value: bigint): void {
		this.#view.setBigUint64(this.pass(8), value, true);
	}

	putBytes(bytes: Uint8Array): void {
		this.#bytes.set(bytes, this.pass(bytes.length));
	}
}
