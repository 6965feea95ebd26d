/** Written by `mullion build` from network.proto; do not edit. */
import { Reader, Writer, bytesSize, doubleBits, stringSize, varintSize, zigzag32 } from "mullion/protobuf";

export enum Range {
	RANGE_UNSPECIFIED = 0,
	RANGE_WIDE = 1,
	RANGE_SHORT = 2,
	RANGE_WIRED = 3,
}

export class Baseband {
	id: string = "";
	kind: string = "";
	range: Range = 0;
	up: bool = false;
	signalDbm: i32 = 0;
	speedKbps: u32 = 0;
	costPerMb: f64 = 0;
	_cachedSize: i32 = 0;

	static of(id: string = "", kind: string = "", range: Range = 0, up: bool = false, signalDbm: i32 = 0, speedKbps: u32 = 0, costPerMb: f64 = 0): Baseband {
		const $message = new Baseband();
		$message.id = id;
		$message.kind = kind;
		$message.range = range;
		$message.up = up;
		$message.signalDbm = signalDbm;
		$message.speedKbps = speedKbps;
		$message.costPerMb = costPerMb;
		return $message;
	}

	/** The message that `bytes` are, or null when they are malformed. */
	static decode(bytes: Uint8Array): Baseband | null {
		const reader = new Reader(bytes);
		const message = new Baseband();
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
				case 10: this.id = reader.string(); break;
				case 18: this.kind = reader.string(); break;
				case 24: this.range = reader.int32(); break;
				case 32: this.up = reader.bool(); break;
				case 40: this.signalDbm = reader.sint32(); break;
				case 48: this.speedKbps = reader.uint32(); break;
				case 57: this.costPerMb = reader.fixed<f64>(); break;
				default: {
					reader.skip();
				}
			}
		}
	}

	_size(): i32 {
		let size = 0;
		if (this.id.length != 0) size += 1 + stringSize(this.id);
		if (this.kind.length != 0) size += 1 + stringSize(this.kind);
		if (this.range != 0) size += 1 + varintSize(u64(i64(this.range)));
		if (this.up) size += 2;
		if (this.signalDbm != 0) size += 1 + varintSize(zigzag32(this.signalDbm));
		if (this.speedKbps != 0) size += 1 + varintSize(u64(this.speedKbps));
		if (doubleBits(this.costPerMb) != 0) size += 9;
		this._cachedSize = size;
		return size;
	}

	_write(writer: Writer): void {
		if (this.id.length != 0) {
			writer.byte(10);
			writer.string(this.id);
		}
		if (this.kind.length != 0) {
			writer.byte(18);
			writer.string(this.kind);
		}
		if (this.range != 0) {
			writer.byte(24);
			writer.varint(u64(i64(this.range)));
		}
		if (this.up) {
			writer.byte(32);
			writer.byte(u32(this.up));
		}
		if (this.signalDbm != 0) {
			writer.byte(40);
			writer.varint(zigzag32(this.signalDbm));
		}
		if (this.speedKbps != 0) {
			writer.byte(48);
			writer.varint(u64(this.speedKbps));
		}
		if (doubleBits(this.costPerMb) != 0) {
			writer.byte(57);
			writer.fixed<f64>(this.costPerMb);
		}
	}
}

export class NetworkState {
	private _basebands: Array<Baseband> | null = null;
	get basebands(): Array<Baseband> {
		let value = this._basebands;
		if (value === null) {
			value = [];
			this._basebands = value;
		}
		return value;
	}
	set basebands(value: Array<Baseband>) {
		this._basebands = value;
	}
	_cachedSize: i32 = 0;

	/** The message that `bytes` are, or null when they are malformed. */
	static decode(bytes: Uint8Array): NetworkState | null {
		const reader = new Reader(bytes);
		const message = new NetworkState();
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
				case 10: {
					const outer = reader.enter();
					const item = new Baseband();
					item._read(reader);
					reader.leave(outer);
					this.basebands.push(item);
					break;
				}
				default: {
					reader.skip();
				}
			}
		}
	}

	_size(): i32 {
		let size = 0;
		const $basebands = this._basebands;
		if ($basebands !== null) {
			for (let i = 0; i < $basebands.length; i++) size += 1 + bytesSize(unchecked($basebands[i])._size());
		}
		this._cachedSize = size;
		return size;
	}

	_write(writer: Writer): void {
		const $basebands = this._basebands;
		if ($basebands !== null) {
			for (let i = 0; i < $basebands.length; i++) {
				const item = unchecked($basebands[i]);
				writer.byte(10);
				writer.varint(u64(item._cachedSize)); item._write(writer);
			}
		}
	}
}
