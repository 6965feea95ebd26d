/** Written by `mullion build` from http.proto; do not edit. */
import { Reader, Writer, bytesSize, noBytes, stringSize, varintSize } from "mullion/protobuf";

export class Header {
	name: string = "";
	value: Uint8Array = noBytes;
	_cachedSize: i32 = 0;

	static of(name: string = "", value: Uint8Array = noBytes): Header {
		const $message = new Header();
		$message.name = name;
		$message.value = value;
		return $message;
	}

	/** The message that `bytes` are, or null when they are malformed. */
	static decode(bytes: Uint8Array): Header | null {
		const reader = new Reader(bytes);
		const message = new Header();
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
				case 18: this.value = reader.bytesField(); break;
				default: {
					reader.skip();
				}
			}
		}
	}

	_size(): i32 {
		let size = 0;
		if (this.name.length != 0) size += 1 + stringSize(this.name);
		if (this.value.byteLength != 0) size += 1 + bytesSize(this.value.byteLength);
		this._cachedSize = size;
		return size;
	}

	_write(writer: Writer): void {
		if (this.name.length != 0) {
			writer.byte(10);
			writer.string(this.name);
		}
		if (this.value.byteLength != 0) {
			writer.byte(18);
			writer.bytesField(this.value);
		}
	}
}

export class Request {
	/** Upper case; empty is GET. */
	method: string = "";
	/** `http` or `https`; may be empty. */
	scheme: string = "";
	/** Host and port; may be empty. */
	authority: string = "";
	pathWithQuery: string = "";
	private _headers: Array<Header> | null = null;
	get headers(): Array<Header> {
		let value = this._headers;
		if (value === null) {
			value = [];
			this._headers = value;
		}
		return value;
	}
	set headers(value: Array<Header>) {
		this._headers = value;
	}
	body: Uint8Array = noBytes;
	_cachedSize: i32 = 0;

	static of(method: string = "", scheme: string = "", authority: string = "", pathWithQuery: string = "", body: Uint8Array = noBytes): Request {
		const $message = new Request();
		$message.method = method;
		$message.scheme = scheme;
		$message.authority = authority;
		$message.pathWithQuery = pathWithQuery;
		$message.body = body;
		return $message;
	}

	/** The message that `bytes` are, or null when they are malformed. */
	static decode(bytes: Uint8Array): Request | null {
		const reader = new Reader(bytes);
		const message = new Request();
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
				case 10: this.method = reader.string(); break;
				case 18: this.scheme = reader.string(); break;
				case 26: this.authority = reader.string(); break;
				case 34: this.pathWithQuery = reader.string(); break;
				case 42: {
					const outer = reader.enter();
					const item = new Header();
					item._read(reader);
					reader.leave(outer);
					this.headers.push(item);
					break;
				}
				case 50: this.body = reader.bytesField(); break;
				default: {
					reader.skip();
				}
			}
		}
	}

	_size(): i32 {
		let size = 0;
		if (this.method.length != 0) size += 1 + stringSize(this.method);
		if (this.scheme.length != 0) size += 1 + stringSize(this.scheme);
		if (this.authority.length != 0) size += 1 + stringSize(this.authority);
		if (this.pathWithQuery.length != 0) size += 1 + stringSize(this.pathWithQuery);
		const $headers = this._headers;
		if ($headers !== null) {
			for (let i = 0; i < $headers.length; i++) size += 1 + bytesSize(unchecked($headers[i])._size());
		}
		if (this.body.byteLength != 0) size += 1 + bytesSize(this.body.byteLength);
		this._cachedSize = size;
		return size;
	}

	_write(writer: Writer): void {
		if (this.method.length != 0) {
			writer.byte(10);
			writer.string(this.method);
		}
		if (this.scheme.length != 0) {
			writer.byte(18);
			writer.string(this.scheme);
		}
		if (this.authority.length != 0) {
			writer.byte(26);
			writer.string(this.authority);
		}
		if (this.pathWithQuery.length != 0) {
			writer.byte(34);
			writer.string(this.pathWithQuery);
		}
		const $headers = this._headers;
		if ($headers !== null) {
			for (let i = 0; i < $headers.length; i++) {
				const item = unchecked($headers[i]);
				writer.byte(42);
				writer.varint(u64(item._cachedSize)); item._write(writer);
			}
		}
		if (this.body.byteLength != 0) {
			writer.byte(50);
			writer.bytesField(this.body);
		}
	}
}

export class Response {
	status: u32 = 0;
	private _headers: Array<Header> | null = null;
	get headers(): Array<Header> {
		let value = this._headers;
		if (value === null) {
			value = [];
			this._headers = value;
		}
		return value;
	}
	set headers(value: Array<Header>) {
		this._headers = value;
	}
	body: Uint8Array = noBytes;
	_cachedSize: i32 = 0;

	static of(status: u32 = 0, body: Uint8Array = noBytes): Response {
		const $message = new Response();
		$message.status = status;
		$message.body = body;
		return $message;
	}

	/** The message that `bytes` are, or null when they are malformed. */
	static decode(bytes: Uint8Array): Response | null {
		const reader = new Reader(bytes);
		const message = new Response();
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
				case 8: this.status = reader.uint32(); break;
				case 18: {
					const outer = reader.enter();
					const item = new Header();
					item._read(reader);
					reader.leave(outer);
					this.headers.push(item);
					break;
				}
				case 26: this.body = reader.bytesField(); break;
				default: {
					reader.skip();
				}
			}
		}
	}

	_size(): i32 {
		let size = 0;
		if (this.status != 0) size += 1 + varintSize(u64(this.status));
		const $headers = this._headers;
		if ($headers !== null) {
			for (let i = 0; i < $headers.length; i++) size += 1 + bytesSize(unchecked($headers[i])._size());
		}
		if (this.body.byteLength != 0) size += 1 + bytesSize(this.body.byteLength);
		this._cachedSize = size;
		return size;
	}

	_write(writer: Writer): void {
		if (this.status != 0) {
			writer.byte(8);
			writer.varint(u64(this.status));
		}
		const $headers = this._headers;
		if ($headers !== null) {
			for (let i = 0; i < $headers.length; i++) {
				const item = unchecked($headers[i]);
				writer.byte(18);
				writer.varint(u64(item._cachedSize)); item._write(writer);
			}
		}
		if (this.body.byteLength != 0) {
			writer.byte(26);
			writer.bytesField(this.body);
		}
	}
}
