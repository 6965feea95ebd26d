/** Written by `mullion build` from sums.proto; do not edit. */
import { Reader, Writer, bytesSize, noBytes, varintSize } from "mullion/protobuf";

export class Order {
	seed: u32 = 0;
	/** How often; 0 is for ever, until the budget of the turn ends it. */
	rounds: u32 = 0;
	_cachedSize: i32 = 0;

	static of(seed: u32 = 0, rounds: u32 = 0): Order {
		const $message = new Order();
		$message.seed = seed;
		$message.rounds = rounds;
		return $message;
	}

	/** The message that `bytes` are, or null when they are malformed. */
	static decode(bytes: Uint8Array): Order | null {
		const reader = new Reader(bytes);
		const message = new Order();
		message._read(reader);
		return reader.failed ? null : message;
	}

	encode(): Uint8Array {
		const writer = new Writer(this._size());
		this._write(writer);
		return writer.finish();
	}

	_read(reader: Reader): void {
		while (reader.next()) {
			switch (reader.tag) {
				case 8: this.seed = reader.uint32(); break;
				case 16: this.rounds = reader.uint32(); break;
				default: {
					reader.skip();
				}
			}
		}
	}

	_size(): i32 {
		let size = 0;
		if (this.seed != 0) size += 1 + varintSize(u64(this.seed));
		if (this.rounds != 0) size += 1 + varintSize(u64(this.rounds));
		this._cachedSize = size;
		return size;
	}

	_write(writer: Writer): void {
		if (this.seed != 0) {
			writer.byte(8);
			writer.varint(u64(this.seed));
		}
		if (this.rounds != 0) {
			writer.byte(16);
			writer.varint(u64(this.rounds));
		}
	}
}

export class Result {
	/** The bits of every number that differs between processors if one is careless. */
	bits: Uint8Array = noBytes;
	_cachedSize: i32 = 0;

	static of(bits: Uint8Array = noBytes): Result {
		const $message = new Result();
		$message.bits = bits;
		return $message;
	}

	/** The message that `bytes` are, or null when they are malformed. */
	static decode(bytes: Uint8Array): Result | null {
		const reader = new Reader(bytes);
		const message = new Result();
		message._read(reader);
		return reader.failed ? null : message;
	}

	encode(): Uint8Array {
		const writer = new Writer(this._size());
		this._write(writer);
		return writer.finish();
	}

	_read(reader: Reader): void {
		while (reader.next()) {
			switch (reader.tag) {
				case 10: this.bits = reader.bytesField(); break;
				default: {
					reader.skip();
				}
			}
		}
	}

	_size(): i32 {
		let size = 0;
		if (this.bits.byteLength != 0) size += 1 + bytesSize(this.bits.byteLength);
		this._cachedSize = size;
		return size;
	}

	_write(writer: Writer): void {
		if (this.bits.byteLength != 0) {
			writer.byte(10);
			writer.bytesField(this.bits);
		}
	}
}
