/** Written by `mullion build` from command.proto; do not edit. */
import { Reader, Writer, bytesSize, noBytes, stringSize } from "mullion/protobuf";

export class Variable {
	name: string = "";
	value: string = "";
	_cachedSize: i32 = 0;

	static of(name: string = "", value: string = ""): Variable {
		const $message = new Variable();
		$message.name = name;
		$message.value = value;
		return $message;
	}

	/** The message that `bytes` are, or null when they are malformed. */
	static decode(bytes: Uint8Array): Variable | null {
		const reader = new Reader(bytes);
		const message = new Variable();
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
				case 10: this.name = reader.string(); break;
				case 18: this.value = reader.string(); break;
				default: {
					reader.skip();
				}
			}
		}
	}

	_size(): i32 {
		let size = 0;
		if (this.name.length != 0) size += 1 + stringSize(this.name);
		if (this.value.length != 0) size += 1 + stringSize(this.value);
		this._cachedSize = size;
		return size;
	}

	_write(writer: Writer): void {
		if (this.name.length != 0) {
			writer.byte(10);
			writer.string(this.name);
		}
		if (this.value.length != 0) {
			writer.byte(18);
			writer.string(this.value);
		}
	}
}

export class Settings {
	/** Without the name of the program, which comes first by itself. */
	private _arguments: Array<string> | null = null;
	get arguments(): Array<string> {
		let value = this._arguments;
		if (value === null) {
			value = [];
			this._arguments = value;
		}
		return value;
	}
	set arguments(value: Array<string>) {
		this._arguments = value;
	}
	private _environment: Array<Variable> | null = null;
	get environment(): Array<Variable> {
		let value = this._environment;
		if (value === null) {
			value = [];
			this._environment = value;
		}
		return value;
	}
	set environment(value: Array<Variable>) {
		this._environment = value;
	}
	/** What it reads when it is run at its start; in a run for a message it reads the message. */
	stdin: Uint8Array = noBytes;
	_cachedSize: i32 = 0;

	static of(stdin: Uint8Array = noBytes): Settings {
		const $message = new Settings();
		$message.stdin = stdin;
		return $message;
	}

	/** The message that `bytes` are, or null when they are malformed. */
	static decode(bytes: Uint8Array): Settings | null {
		const reader = new Reader(bytes);
		const message = new Settings();
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
					const item = reader.string();
					this.arguments.push(item);
					break;
				}
				case 18: {
					const outer = reader.enter();
					const item = new Variable();
					item._read(reader);
					reader.leave(outer);
					this.environment.push(item);
					break;
				}
				case 26: this.stdin = reader.bytesField(); break;
				default: {
					reader.skip();
				}
			}
		}
	}

	_size(): i32 {
		let size = 0;
		const $arguments = this._arguments;
		if ($arguments !== null) {
			for (let i = 0; i < $arguments.length; i++) size += 1 + stringSize(unchecked($arguments[i]));
		}
		const $environment = this._environment;
		if ($environment !== null) {
			for (let i = 0; i < $environment.length; i++) size += 1 + bytesSize(unchecked($environment[i])._size());
		}
		if (this.stdin.byteLength != 0) size += 1 + bytesSize(this.stdin.byteLength);
		this._cachedSize = size;
		return size;
	}

	_write(writer: Writer): void {
		const $arguments = this._arguments;
		if ($arguments !== null) {
			for (let i = 0; i < $arguments.length; i++) {
				const item = unchecked($arguments[i]);
				writer.byte(10);
				writer.string(item);
			}
		}
		const $environment = this._environment;
		if ($environment !== null) {
			for (let i = 0; i < $environment.length; i++) {
				const item = unchecked($environment[i]);
				writer.byte(18);
				writer.varint(u64(item._cachedSize)); item._write(writer);
			}
		}
		if (this.stdin.byteLength != 0) {
			writer.byte(26);
			writer.bytesField(this.stdin);
		}
	}
}
