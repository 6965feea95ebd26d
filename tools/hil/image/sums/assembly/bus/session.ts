/** Written by `mullion build` from session.proto; do not edit. */
import { Reader, Writer, bytesSize, noBytes, stringSize, varintSize } from "mullion/protobuf";

export enum SessionControl_CommandCase {
	None = 0,
	Open = 2,
	Quiesce = 3,
	Prepare = 4,
	Transfer = 5,
	Take = 6,
	Rollback = 7,
	Release = 8,
}

export class SessionControl {
	/** Which member of `command` is set; setting a member sets it. */
	commandCase: SessionControl_CommandCase = SessionControl_CommandCase.None;
	session: string = "";
	private _open: Open | null = null;
	get open(): Open | null {
		return this.commandCase == SessionControl_CommandCase.Open ? this._open : null;
	}
	set open(value: Open | null) {
		this._open = value;
		if (value !== null) this.commandCase = SessionControl_CommandCase.Open;
		else if (this.commandCase == SessionControl_CommandCase.Open) this.commandCase = SessionControl_CommandCase.None;
	}
	private _quiesce: Quiesce | null = null;
	get quiesce(): Quiesce | null {
		return this.commandCase == SessionControl_CommandCase.Quiesce ? this._quiesce : null;
	}
	set quiesce(value: Quiesce | null) {
		this._quiesce = value;
		if (value !== null) this.commandCase = SessionControl_CommandCase.Quiesce;
		else if (this.commandCase == SessionControl_CommandCase.Quiesce) this.commandCase = SessionControl_CommandCase.None;
	}
	private _prepare: Prepare | null = null;
	get prepare(): Prepare | null {
		return this.commandCase == SessionControl_CommandCase.Prepare ? this._prepare : null;
	}
	set prepare(value: Prepare | null) {
		this._prepare = value;
		if (value !== null) this.commandCase = SessionControl_CommandCase.Prepare;
		else if (this.commandCase == SessionControl_CommandCase.Prepare) this.commandCase = SessionControl_CommandCase.None;
	}
	private _transfer: Transfer | null = null;
	get transfer(): Transfer | null {
		return this.commandCase == SessionControl_CommandCase.Transfer ? this._transfer : null;
	}
	set transfer(value: Transfer | null) {
		this._transfer = value;
		if (value !== null) this.commandCase = SessionControl_CommandCase.Transfer;
		else if (this.commandCase == SessionControl_CommandCase.Transfer) this.commandCase = SessionControl_CommandCase.None;
	}
	private _take: Take | null = null;
	get take(): Take | null {
		return this.commandCase == SessionControl_CommandCase.Take ? this._take : null;
	}
	set take(value: Take | null) {
		this._take = value;
		if (value !== null) this.commandCase = SessionControl_CommandCase.Take;
		else if (this.commandCase == SessionControl_CommandCase.Take) this.commandCase = SessionControl_CommandCase.None;
	}
	private _rollback: Rollback | null = null;
	get rollback(): Rollback | null {
		return this.commandCase == SessionControl_CommandCase.Rollback ? this._rollback : null;
	}
	set rollback(value: Rollback | null) {
		this._rollback = value;
		if (value !== null) this.commandCase = SessionControl_CommandCase.Rollback;
		else if (this.commandCase == SessionControl_CommandCase.Rollback) this.commandCase = SessionControl_CommandCase.None;
	}
	private _release: Release | null = null;
	get release(): Release | null {
		return this.commandCase == SessionControl_CommandCase.Release ? this._release : null;
	}
	set release(value: Release | null) {
		this._release = value;
		if (value !== null) this.commandCase = SessionControl_CommandCase.Release;
		else if (this.commandCase == SessionControl_CommandCase.Release) this.commandCase = SessionControl_CommandCase.None;
	}
	_cachedSize: i32 = 0;

	static of(session: string = ""): SessionControl {
		const $message = new SessionControl();
		$message.session = session;
		return $message;
	}

	/** The message that `bytes` are, or null when they are malformed. */
	static decode(bytes: Uint8Array): SessionControl | null {
		const reader = new Reader(bytes);
		const message = new SessionControl();
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
				case 10: this.session = reader.string(); break;
				case 18: {
					const outer = reader.enter();
					let message = this.open;
					if (message === null) {
						message = new Open();
						this.open = message;
					}
					message._read(reader);
					reader.leave(outer);
					break;
				}
				case 26: {
					const outer = reader.enter();
					let message = this.quiesce;
					if (message === null) {
						message = new Quiesce();
						this.quiesce = message;
					}
					message._read(reader);
					reader.leave(outer);
					break;
				}
				case 34: {
					const outer = reader.enter();
					let message = this.prepare;
					if (message === null) {
						message = new Prepare();
						this.prepare = message;
					}
					message._read(reader);
					reader.leave(outer);
					break;
				}
				case 42: {
					const outer = reader.enter();
					let message = this.transfer;
					if (message === null) {
						message = new Transfer();
						this.transfer = message;
					}
					message._read(reader);
					reader.leave(outer);
					break;
				}
				case 50: {
					const outer = reader.enter();
					let message = this.take;
					if (message === null) {
						message = new Take();
						this.take = message;
					}
					message._read(reader);
					reader.leave(outer);
					break;
				}
				case 58: {
					const outer = reader.enter();
					let message = this.rollback;
					if (message === null) {
						message = new Rollback();
						this.rollback = message;
					}
					message._read(reader);
					reader.leave(outer);
					break;
				}
				case 66: {
					const outer = reader.enter();
					let message = this.release;
					if (message === null) {
						message = new Release();
						this.release = message;
					}
					message._read(reader);
					reader.leave(outer);
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
		if (this.session.length != 0) size += 1 + stringSize(this.session);
		if (this.commandCase == SessionControl_CommandCase.Open) {
			let message = this._open;
			if (message === null) {
				message = new Open();
				this._open = message;
			}
			size += 1 + bytesSize(message._size());
		}
		if (this.commandCase == SessionControl_CommandCase.Quiesce) {
			let message = this._quiesce;
			if (message === null) {
				message = new Quiesce();
				this._quiesce = message;
			}
			size += 1 + bytesSize(message._size());
		}
		if (this.commandCase == SessionControl_CommandCase.Prepare) {
			let message = this._prepare;
			if (message === null) {
				message = new Prepare();
				this._prepare = message;
			}
			size += 1 + bytesSize(message._size());
		}
		if (this.commandCase == SessionControl_CommandCase.Transfer) {
			let message = this._transfer;
			if (message === null) {
				message = new Transfer();
				this._transfer = message;
			}
			size += 1 + bytesSize(message._size());
		}
		if (this.commandCase == SessionControl_CommandCase.Take) {
			let message = this._take;
			if (message === null) {
				message = new Take();
				this._take = message;
			}
			size += 1 + bytesSize(message._size());
		}
		if (this.commandCase == SessionControl_CommandCase.Rollback) {
			let message = this._rollback;
			if (message === null) {
				message = new Rollback();
				this._rollback = message;
			}
			size += 1 + bytesSize(message._size());
		}
		if (this.commandCase == SessionControl_CommandCase.Release) {
			let message = this._release;
			if (message === null) {
				message = new Release();
				this._release = message;
			}
			size += 1 + bytesSize(message._size());
		}
		this._cachedSize = size;
		return size;
	}

	_write(writer: Writer): void {
		if (this.session.length != 0) {
			writer.byte(10);
			writer.string(this.session);
		}
		if (this.commandCase == SessionControl_CommandCase.Open) {
			const message = this._open;
			if (message !== null) {
				writer.byte(18);
				writer.varint(u64(message._cachedSize)); message._write(writer);
			}
		}
		if (this.commandCase == SessionControl_CommandCase.Quiesce) {
			const message = this._quiesce;
			if (message !== null) {
				writer.byte(26);
				writer.varint(u64(message._cachedSize)); message._write(writer);
			}
		}
		if (this.commandCase == SessionControl_CommandCase.Prepare) {
			const message = this._prepare;
			if (message !== null) {
				writer.byte(34);
				writer.varint(u64(message._cachedSize)); message._write(writer);
			}
		}
		if (this.commandCase == SessionControl_CommandCase.Transfer) {
			const message = this._transfer;
			if (message !== null) {
				writer.byte(42);
				writer.varint(u64(message._cachedSize)); message._write(writer);
			}
		}
		if (this.commandCase == SessionControl_CommandCase.Take) {
			const message = this._take;
			if (message !== null) {
				writer.byte(50);
				writer.varint(u64(message._cachedSize)); message._write(writer);
			}
		}
		if (this.commandCase == SessionControl_CommandCase.Rollback) {
			const message = this._rollback;
			if (message !== null) {
				writer.byte(58);
				writer.varint(u64(message._cachedSize)); message._write(writer);
			}
		}
		if (this.commandCase == SessionControl_CommandCase.Release) {
			const message = this._release;
			if (message !== null) {
				writer.byte(66);
				writer.varint(u64(message._cachedSize)); message._write(writer);
			}
		}
	}
}

/** Start a session here. Answer: empty state. */
export class Open {
	url: string = "";
	_cachedSize: i32 = 0;

	static of(url: string = ""): Open {
		const $message = new Open();
		$message.url = url;
		return $message;
	}

	/** The message that `bytes` are, or null when they are malformed. */
	static decode(bytes: Uint8Array): Open | null {
		const reader = new Reader(bytes);
		const message = new Open();
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
				case 10: this.url = reader.string(); break;
				default: {
					reader.skip();
				}
			}
		}
	}

	_size(): i32 {
		let size = 0;
		if (this.url.length != 0) size += 1 + stringSize(this.url);
		this._cachedSize = size;
		return size;
	}

	_write(writer: Writer): void {
		if (this.url.length != 0) {
			writer.byte(10);
			writer.string(this.url);
		}
	}
}

/**
 * A handoff is being prepared: ask the network for nothing new. Answer: the state without bulk,
 * enough for another VM to prepare.
 */
export class Quiesce {
	_cachedSize: i32 = 0;

	/** The message that `bytes` are, or null when they are malformed. */
	static decode(bytes: Uint8Array): Quiesce | null {
		const reader = new Reader(bytes);
		const message = new Quiesce();
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
			reader.skip();
		}
	}

	_size(): i32 {
		let size = 0;
		this._cachedSize = size;
		return size;
	}

	_write(writer: Writer): void {
	}
}

/**
 * Open the path on your own network for the session that this state describes. Answer when the
 * first bytes have arrived.
 */
export class Prepare {
	state: Uint8Array = noBytes;
	_cachedSize: i32 = 0;

	static of(state: Uint8Array = noBytes): Prepare {
		const $message = new Prepare();
		$message.state = state;
		return $message;
	}

	/** The message that `bytes` are, or null when they are malformed. */
	static decode(bytes: Uint8Array): Prepare | null {
		const reader = new Reader(bytes);
		const message = new Prepare();
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
				case 10: this.state = reader.bytesField(); break;
				default: {
					reader.skip();
				}
			}
		}
	}

	_size(): i32 {
		let size = 0;
		if (this.state.byteLength != 0) size += 1 + bytesSize(this.state.byteLength);
		this._cachedSize = size;
		return size;
	}

	_write(writer: Writer): void {
		if (this.state.byteLength != 0) {
			writer.byte(10);
			writer.bytesField(this.state);
		}
	}
}

/** Stop and hand the session over. Answer: the whole state. From this turn on you do not own it. */
export class Transfer {
	_cachedSize: i32 = 0;

	/** The message that `bytes` are, or null when they are malformed. */
	static decode(bytes: Uint8Array): Transfer | null {
		const reader = new Reader(bytes);
		const message = new Transfer();
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
			reader.skip();
		}
	}

	_size(): i32 {
		let size = 0;
		this._cachedSize = size;
		return size;
	}

	_write(writer: Writer): void {
	}
}

/**
 * The session is yours from this turn on. `next_sequence` is the first frame the sink does not
 * have yet (0 when it knows nothing of the session).
 */
export class Take {
	state: Uint8Array = noBytes;
	nextSequence: u64 = 0;
	nextAtUs: u64 = 0;
	_cachedSize: i32 = 0;

	static of(state: Uint8Array = noBytes, nextSequence: u64 = 0, nextAtUs: u64 = 0): Take {
		const $message = new Take();
		$message.state = state;
		$message.nextSequence = nextSequence;
		$message.nextAtUs = nextAtUs;
		return $message;
	}

	/** The message that `bytes` are, or null when they are malformed. */
	static decode(bytes: Uint8Array): Take | null {
		const reader = new Reader(bytes);
		const message = new Take();
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
				case 10: this.state = reader.bytesField(); break;
				case 16: this.nextSequence = reader.uint64(); break;
				case 24: this.nextAtUs = reader.uint64(); break;
				default: {
					reader.skip();
				}
			}
		}
	}

	_size(): i32 {
		let size = 0;
		if (this.state.byteLength != 0) size += 1 + bytesSize(this.state.byteLength);
		if (this.nextSequence != 0) size += 1 + varintSize(this.nextSequence);
		if (this.nextAtUs != 0) size += 1 + varintSize(this.nextAtUs);
		this._cachedSize = size;
		return size;
	}

	_write(writer: Writer): void {
		if (this.state.byteLength != 0) {
			writer.byte(10);
			writer.bytesField(this.state);
		}
		if (this.nextSequence != 0) {
			writer.byte(16);
			writer.varint(this.nextSequence);
		}
		if (this.nextAtUs != 0) {
			writer.byte(24);
			writer.varint(this.nextAtUs);
		}
	}
}

/**
 * The handoff did not happen. A source goes on as before, from the state it gave if it had given
 * it; a target forgets what it prepared.
 */
export class Rollback {
	_cachedSize: i32 = 0;

	/** The message that `bytes` are, or null when they are malformed. */
	static decode(bytes: Uint8Array): Rollback | null {
		const reader = new Reader(bytes);
		const message = new Rollback();
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
			reader.skip();
		}
	}

	_size(): i32 {
		let size = 0;
		this._cachedSize = size;
		return size;
	}

	_write(writer: Writer): void {
	}
}

/** The session is over here: free what it holds. */
export class Release {
	_cachedSize: i32 = 0;

	/** The message that `bytes` are, or null when they are malformed. */
	static decode(bytes: Uint8Array): Release | null {
		const reader = new Reader(bytes);
		const message = new Release();
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
			reader.skip();
		}
	}

	_size(): i32 {
		let size = 0;
		this._cachedSize = size;
		return size;
	}

	_write(writer: Writer): void {
	}
}

export class SessionAnswer {
	state: Uint8Array = noBytes;
	_cachedSize: i32 = 0;

	static of(state: Uint8Array = noBytes): SessionAnswer {
		const $message = new SessionAnswer();
		$message.state = state;
		return $message;
	}

	/** The message that `bytes` are, or null when they are malformed. */
	static decode(bytes: Uint8Array): SessionAnswer | null {
		const reader = new Reader(bytes);
		const message = new SessionAnswer();
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
				case 10: this.state = reader.bytesField(); break;
				default: {
					reader.skip();
				}
			}
		}
	}

	_size(): i32 {
		let size = 0;
		if (this.state.byteLength != 0) size += 1 + bytesSize(this.state.byteLength);
		this._cachedSize = size;
		return size;
	}

	_write(writer: Writer): void {
		if (this.state.byteLength != 0) {
			writer.byte(10);
			writer.bytesField(this.state);
		}
	}
}

/** Published now and then by the owner: enough to go on from after a crash. */
export class Checkpoint {
	session: string = "";
	state: Uint8Array = noBytes;
	/** The first frame that is not part of this state. */
	nextSequence: u64 = 0;
	ended: bool = false;
	_cachedSize: i32 = 0;

	static of(session: string = "", state: Uint8Array = noBytes, nextSequence: u64 = 0, ended: bool = false): Checkpoint {
		const $message = new Checkpoint();
		$message.session = session;
		$message.state = state;
		$message.nextSequence = nextSequence;
		$message.ended = ended;
		return $message;
	}

	/** The message that `bytes` are, or null when they are malformed. */
	static decode(bytes: Uint8Array): Checkpoint | null {
		const reader = new Reader(bytes);
		const message = new Checkpoint();
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
				case 10: this.session = reader.string(); break;
				case 18: this.state = reader.bytesField(); break;
				case 24: this.nextSequence = reader.uint64(); break;
				case 32: this.ended = reader.bool(); break;
				default: {
					reader.skip();
				}
			}
		}
	}

	_size(): i32 {
		let size = 0;
		if (this.session.length != 0) size += 1 + stringSize(this.session);
		if (this.state.byteLength != 0) size += 1 + bytesSize(this.state.byteLength);
		if (this.nextSequence != 0) size += 1 + varintSize(this.nextSequence);
		if (this.ended) size += 2;
		this._cachedSize = size;
		return size;
	}

	_write(writer: Writer): void {
		if (this.session.length != 0) {
			writer.byte(10);
			writer.string(this.session);
		}
		if (this.state.byteLength != 0) {
			writer.byte(18);
			writer.bytesField(this.state);
		}
		if (this.nextSequence != 0) {
			writer.byte(24);
			writer.varint(this.nextSequence);
		}
		if (this.ended) {
			writer.byte(32);
			writer.byte(u32(this.ended));
		}
	}
}
