/** Reads protobuf fields that anybody may have written: ends in a coded error, never beyond its bytes. */
import { RecordingError } from './error.ts';

const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export class WireReader {
	readonly #bytes: Uint8Array;
	#at: number;
	#end: number;

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes;
		this.#at = 0;
		this.#end = bytes.length;
	}

	/** Bytes that were read so far. */
	get position(): number {
		return this.#at;
	}

	/** Tag of the next field, or 0 at the end. */
	tag(): number {
		if (this.#at === this.#end) return 0;
		const tag = this.uint32();
		if (tag >>> 3 === 0) throw malformed('a field has the number 0');
		return tag;
	}

	/** Low 32 bits of a varint, as protobuf reads an `uint32`. */
	uint32(): number {
		let value = 0;
		for (let shift = 0; shift < 70; shift += 7) {
			const byte = this.#byte();
			if (shift < 32) value |= (byte & 0x7f) << shift;
			if (byte < 0x80) return value >>> 0;
		}
		throw malformed('a number has more than ten bytes');
	}

	uint64(): bigint {
		let [low, high] = [0, 0];
		for (let at = 0; at < 10; at++) {
			const byte = this.#byte();
			const bits = byte & 0x7f;
			if (at < 4) low |= bits << (at * 7);
			else if (at === 4) {
				low |= bits << 28;
				high = bits >>> 4;
			} else high |= bits << (at * 7 - 32);
			if (byte < 0x80)
				return high === 0 ? BigInt(low >>> 0) : (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
		}
		throw malformed('a number has more than ten bytes');
	}

	/** An `uint64` that a number can hold. */
	safe(): number {
		const value = this.uint64();
		if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw malformed(`${value} is beyond 2^53`);
		return Number(value);
	}

	/** A view of the bytes that were given. */
	bytes(): Uint8Array {
		const length = this.uint32();
		if (length > this.#end - this.#at) throw malformed(`a field of ${length} bytes is cut off`);
		this.#at += length;
		return this.#bytes.subarray(this.#at - length, this.#at);
	}

	text(): string {
		try {
			return text.decode(this.bytes());
		} catch (cause) {
			if (cause instanceof RecordingError) throw cause;
			throw malformed('a text is not UTF-8', { cause });
		}
	}

	/** Runs `read` on the content of a field: it sees its end as the end of everything. */
	inside<T>(read: (reader: WireReader) => T): T {
		const length = this.uint32();
		const end = this.#end;
		if (length > end - this.#at) throw malformed(`a message of ${length} bytes is cut off`);
		this.#end = this.#at + length;
		const value = read(this);
		this.#end = end;
		return value;
	}

	/** Passes over a field that this version does not know. */
	skip(tag: number): void {
		switch (tag & 7) {
			case 0:
				this.uint64();
				return;
			case 1:
				return this.#pass(8);
			case 2:
				this.bytes();
				return;
			case 5:
				return this.#pass(4);
			default:
				throw malformed(`a field has the unknown wire type ${tag & 7}`);
		}
	}

	#pass(count: number): void {
		if (count > this.#end - this.#at) throw malformed('a number is cut off');
		this.#at += count;
	}

	#byte(): number {
		if (this.#at >= this.#end) throw malformed('a number is cut off');
		return this.#bytes[this.#at++] as number;
	}
}

export function malformed(what: string, options?: ErrorOptions): RecordingError {
	return new RecordingError('malformed-record', what, options);
}
