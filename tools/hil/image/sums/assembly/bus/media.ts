/** Written by `mullion build` from media.proto; do not edit. */
import { Reader, Writer, bytesSize, noBytes, stringSize, varintSize } from "mullion/protobuf";

/** How sure the player is that a frame stands at `offset`. */
export enum Step {
	/** The beginning, or just behind a tag. */
	STEP_FRESH = 0,
	/** A frame ended here. */
	STEP_SYNC = 1,
	/** In a run of bytes that belong to nothing. */
	STEP_LOST = 2,
}

/** A persona: how greedily this player loads ahead. */
export class PlayerConfig {
	/** Media time to hold ready beyond what the sink has, in milliseconds. */
	readAheadMs: u32 = 0;
	/** Bytes asked for at a time. */
	fetchBytes: u32 = 0;
	/** Media time handed to the sink ahead of being heard, in milliseconds. */
	leadMs: u32 = 0;
	/** How often a checkpoint of the session is published, in milliseconds. */
	checkpointMs: u32 = 0;
	_cachedSize: i32 = 0;

	static of(readAheadMs: u32 = 0, fetchBytes: u32 = 0, leadMs: u32 = 0, checkpointMs: u32 = 0): PlayerConfig {
		const $message = new PlayerConfig();
		$message.readAheadMs = readAheadMs;
		$message.fetchBytes = fetchBytes;
		$message.leadMs = leadMs;
		$message.checkpointMs = checkpointMs;
		return $message;
	}

	/** The message that `bytes` are, or null when they are malformed. */
	static decode(bytes: Uint8Array): PlayerConfig | null {
		const reader = new Reader(bytes);
		const message = new PlayerConfig();
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
				case 8: this.readAheadMs = reader.uint32(); break;
				case 16: this.fetchBytes = reader.uint32(); break;
				case 24: this.leadMs = reader.uint32(); break;
				case 32: this.checkpointMs = reader.uint32(); break;
				default: {
					reader.skip();
				}
			}
		}
	}

	_size(): i32 {
		let size = 0;
		if (this.readAheadMs != 0) size += 1 + varintSize(u64(this.readAheadMs));
		if (this.fetchBytes != 0) size += 1 + varintSize(u64(this.fetchBytes));
		if (this.leadMs != 0) size += 1 + varintSize(u64(this.leadMs));
		if (this.checkpointMs != 0) size += 1 + varintSize(u64(this.checkpointMs));
		this._cachedSize = size;
		return size;
	}

	_write(writer: Writer): void {
		if (this.readAheadMs != 0) {
			writer.byte(8);
			writer.varint(u64(this.readAheadMs));
		}
		if (this.fetchBytes != 0) {
			writer.byte(16);
			writer.varint(u64(this.fetchBytes));
		}
		if (this.leadMs != 0) {
			writer.byte(24);
			writer.varint(u64(this.leadMs));
		}
		if (this.checkpointMs != 0) {
			writer.byte(32);
			writer.varint(u64(this.checkpointMs));
		}
	}
}

/** Where a player is in a stream: all another player needs to go on without a gap. */
export class PlaybackState {
	url: string = "";
	/** Place in the resource of the first byte that is not part of a frame given to the sink. */
	offset: u64 = 0;
	/** Bytes from `offset` on that are already here. */
	buffered: Uint8Array = noBytes;
	/** First byte of the resource that nobody has asked the network for yet. */
	askedTo: u64 = 0;
	/** Size of the resource; 0 while unknown. */
	size: u64 = 0;
	/** Number of the next frame, and when it is due on the box's clock in microseconds. */
	nextSequence: u64 = 0;
	nextAtUs: u64 = 0;
	/** Fraction of a microsecond of `next_at_us`, in units of 1/sample_rate. */
	atRemainder: u32 = 0;
	started: bool = false;
	/** Bytes behind the first that is missing. */
	private _ahead: Array<Piece> | null = null;
	get ahead(): Array<Piece> {
		let value = this._ahead;
		if (value === null) {
			value = [];
			this._ahead = value;
		}
		return value;
	}
	set ahead(value: Array<Piece>) {
		this._ahead = value;
	}
	/** The four bytes at the front of the frame before `offset`, as a big-endian number; 0 if there was none. */
	lastHeader: u32 = 0;
	step: Step = 0;
	/** Counted since the session was opened, as in PlayerState. */
	resyncs: u32 = 0;
	skippedBytes: u64 = 0;
	rebuffers: u32 = 0;
	_cachedSize: i32 = 0;

	static of(url: string = "", offset: u64 = 0, buffered: Uint8Array = noBytes, askedTo: u64 = 0, size: u64 = 0, nextSequence: u64 = 0, nextAtUs: u64 = 0, atRemainder: u32 = 0, started: bool = false, lastHeader: u32 = 0, step: Step = 0, resyncs: u32 = 0, skippedBytes: u64 = 0, rebuffers: u32 = 0): PlaybackState {
		const $message = new PlaybackState();
		$message.url = url;
		$message.offset = offset;
		$message.buffered = buffered;
		$message.askedTo = askedTo;
		$message.size = size;
		$message.nextSequence = nextSequence;
		$message.nextAtUs = nextAtUs;
		$message.atRemainder = atRemainder;
		$message.started = started;
		$message.lastHeader = lastHeader;
		$message.step = step;
		$message.resyncs = resyncs;
		$message.skippedBytes = skippedBytes;
		$message.rebuffers = rebuffers;
		return $message;
	}

	/** The message that `bytes` are, or null when they are malformed. */
	static decode(bytes: Uint8Array): PlaybackState | null {
		const reader = new Reader(bytes);
		const message = new PlaybackState();
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
				case 16: this.offset = reader.uint64(); break;
				case 26: this.buffered = reader.bytesField(); break;
				case 32: this.askedTo = reader.uint64(); break;
				case 40: this.size = reader.uint64(); break;
				case 48: this.nextSequence = reader.uint64(); break;
				case 56: this.nextAtUs = reader.uint64(); break;
				case 64: this.atRemainder = reader.uint32(); break;
				case 72: this.started = reader.bool(); break;
				case 82: {
					const outer = reader.enter();
					const item = new Piece();
					item._read(reader);
					reader.leave(outer);
					this.ahead.push(item);
					break;
				}
				case 88: this.lastHeader = reader.uint32(); break;
				case 96: this.step = reader.int32(); break;
				case 104: this.resyncs = reader.uint32(); break;
				case 112: this.skippedBytes = reader.uint64(); break;
				case 120: this.rebuffers = reader.uint32(); break;
				default: {
					reader.skip();
				}
			}
		}
	}

	_size(): i32 {
		let size = 0;
		if (this.url.length != 0) size += 1 + stringSize(this.url);
		if (this.offset != 0) size += 1 + varintSize(this.offset);
		if (this.buffered.byteLength != 0) size += 1 + bytesSize(this.buffered.byteLength);
		if (this.askedTo != 0) size += 1 + varintSize(this.askedTo);
		if (this.size != 0) size += 1 + varintSize(this.size);
		if (this.nextSequence != 0) size += 1 + varintSize(this.nextSequence);
		if (this.nextAtUs != 0) size += 1 + varintSize(this.nextAtUs);
		if (this.atRemainder != 0) size += 1 + varintSize(u64(this.atRemainder));
		if (this.started) size += 2;
		const $ahead = this._ahead;
		if ($ahead !== null) {
			for (let i = 0; i < $ahead.length; i++) size += 1 + bytesSize(unchecked($ahead[i])._size());
		}
		if (this.lastHeader != 0) size += 1 + varintSize(u64(this.lastHeader));
		if (this.step != 0) size += 1 + varintSize(u64(i64(this.step)));
		if (this.resyncs != 0) size += 1 + varintSize(u64(this.resyncs));
		if (this.skippedBytes != 0) size += 1 + varintSize(this.skippedBytes);
		if (this.rebuffers != 0) size += 1 + varintSize(u64(this.rebuffers));
		this._cachedSize = size;
		return size;
	}

	_write(writer: Writer): void {
		if (this.url.length != 0) {
			writer.byte(10);
			writer.string(this.url);
		}
		if (this.offset != 0) {
			writer.byte(16);
			writer.varint(this.offset);
		}
		if (this.buffered.byteLength != 0) {
			writer.byte(26);
			writer.bytesField(this.buffered);
		}
		if (this.askedTo != 0) {
			writer.byte(32);
			writer.varint(this.askedTo);
		}
		if (this.size != 0) {
			writer.byte(40);
			writer.varint(this.size);
		}
		if (this.nextSequence != 0) {
			writer.byte(48);
			writer.varint(this.nextSequence);
		}
		if (this.nextAtUs != 0) {
			writer.byte(56);
			writer.varint(this.nextAtUs);
		}
		if (this.atRemainder != 0) {
			writer.byte(64);
			writer.varint(u64(this.atRemainder));
		}
		if (this.started) {
			writer.byte(72);
			writer.byte(u32(this.started));
		}
		const $ahead = this._ahead;
		if ($ahead !== null) {
			for (let i = 0; i < $ahead.length; i++) {
				const item = unchecked($ahead[i]);
				writer.byte(82);
				writer.varint(u64(item._cachedSize)); item._write(writer);
			}
		}
		if (this.lastHeader != 0) {
			writer.byte(88);
			writer.varint(u64(this.lastHeader));
		}
		if (this.step != 0) {
			writer.byte(96);
			writer.varint(u64(i64(this.step)));
		}
		if (this.resyncs != 0) {
			writer.byte(104);
			writer.varint(u64(this.resyncs));
		}
		if (this.skippedBytes != 0) {
			writer.byte(112);
			writer.varint(this.skippedBytes);
		}
		if (this.rebuffers != 0) {
			writer.byte(120);
			writer.varint(u64(this.rebuffers));
		}
	}
}

/** Bytes of the resource and their place in it. */
export class Piece {
	offset: u64 = 0;
	bytes: Uint8Array = noBytes;
	_cachedSize: i32 = 0;

	static of(offset: u64 = 0, bytes: Uint8Array = noBytes): Piece {
		const $message = new Piece();
		$message.offset = offset;
		$message.bytes = bytes;
		return $message;
	}

	/** The message that `bytes` are, or null when they are malformed. */
	static decode(bytes: Uint8Array): Piece | null {
		const reader = new Reader(bytes);
		const message = new Piece();
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
				case 8: this.offset = reader.uint64(); break;
				case 18: this.bytes = reader.bytesField(); break;
				default: {
					reader.skip();
				}
			}
		}
	}

	_size(): i32 {
		let size = 0;
		if (this.offset != 0) size += 1 + varintSize(this.offset);
		if (this.bytes.byteLength != 0) size += 1 + bytesSize(this.bytes.byteLength);
		this._cachedSize = size;
		return size;
	}

	_write(writer: Writer): void {
		if (this.offset != 0) {
			writer.byte(8);
			writer.varint(this.offset);
		}
		if (this.bytes.byteLength != 0) {
			writer.byte(18);
			writer.bytesField(this.bytes);
		}
	}
}

/** On topic `media.state`, twice a second while playing. */
export class PlayerState {
	session: string = "";
	nextSequence: u64 = 0;
	/** Media held beyond what the sink has. */
	bufferedMs: u32 = 0;
	bufferedBytes: u32 = 0;
	/** Runs of bytes that belonged to nothing and were skipped. */
	resyncs: u32 = 0;
	ended: bool = false;
	/** Bits per second, of the last frame. */
	bitrate: u32 = 0;
	sampleRate: u32 = 0;
	/** How often frames came too late and the rest of the timeline was moved. */
	rebuffers: u32 = 0;
	skippedBytes: u64 = 0;
	/** Waiting for enough to start, or to go on. */
	waiting: bool = false;
	_cachedSize: i32 = 0;

	static of(session: string = "", nextSequence: u64 = 0, bufferedMs: u32 = 0, bufferedBytes: u32 = 0, resyncs: u32 = 0, ended: bool = false, bitrate: u32 = 0, sampleRate: u32 = 0, rebuffers: u32 = 0, skippedBytes: u64 = 0, waiting: bool = false): PlayerState {
		const $message = new PlayerState();
		$message.session = session;
		$message.nextSequence = nextSequence;
		$message.bufferedMs = bufferedMs;
		$message.bufferedBytes = bufferedBytes;
		$message.resyncs = resyncs;
		$message.ended = ended;
		$message.bitrate = bitrate;
		$message.sampleRate = sampleRate;
		$message.rebuffers = rebuffers;
		$message.skippedBytes = skippedBytes;
		$message.waiting = waiting;
		return $message;
	}

	/** The message that `bytes` are, or null when they are malformed. */
	static decode(bytes: Uint8Array): PlayerState | null {
		const reader = new Reader(bytes);
		const message = new PlayerState();
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
				case 16: this.nextSequence = reader.uint64(); break;
				case 24: this.bufferedMs = reader.uint32(); break;
				case 32: this.bufferedBytes = reader.uint32(); break;
				case 40: this.resyncs = reader.uint32(); break;
				case 48: this.ended = reader.bool(); break;
				case 56: this.bitrate = reader.uint32(); break;
				case 64: this.sampleRate = reader.uint32(); break;
				case 72: this.rebuffers = reader.uint32(); break;
				case 80: this.skippedBytes = reader.uint64(); break;
				case 88: this.waiting = reader.bool(); break;
				default: {
					reader.skip();
				}
			}
		}
	}

	_size(): i32 {
		let size = 0;
		if (this.session.length != 0) size += 1 + stringSize(this.session);
		if (this.nextSequence != 0) size += 1 + varintSize(this.nextSequence);
		if (this.bufferedMs != 0) size += 1 + varintSize(u64(this.bufferedMs));
		if (this.bufferedBytes != 0) size += 1 + varintSize(u64(this.bufferedBytes));
		if (this.resyncs != 0) size += 1 + varintSize(u64(this.resyncs));
		if (this.ended) size += 2;
		if (this.bitrate != 0) size += 1 + varintSize(u64(this.bitrate));
		if (this.sampleRate != 0) size += 1 + varintSize(u64(this.sampleRate));
		if (this.rebuffers != 0) size += 1 + varintSize(u64(this.rebuffers));
		if (this.skippedBytes != 0) size += 1 + varintSize(this.skippedBytes);
		if (this.waiting) size += 2;
		this._cachedSize = size;
		return size;
	}

	_write(writer: Writer): void {
		if (this.session.length != 0) {
			writer.byte(10);
			writer.string(this.session);
		}
		if (this.nextSequence != 0) {
			writer.byte(16);
			writer.varint(this.nextSequence);
		}
		if (this.bufferedMs != 0) {
			writer.byte(24);
			writer.varint(u64(this.bufferedMs));
		}
		if (this.bufferedBytes != 0) {
			writer.byte(32);
			writer.varint(u64(this.bufferedBytes));
		}
		if (this.resyncs != 0) {
			writer.byte(40);
			writer.varint(u64(this.resyncs));
		}
		if (this.ended) {
			writer.byte(48);
			writer.byte(u32(this.ended));
		}
		if (this.bitrate != 0) {
			writer.byte(56);
			writer.varint(u64(this.bitrate));
		}
		if (this.sampleRate != 0) {
			writer.byte(64);
			writer.varint(u64(this.sampleRate));
		}
		if (this.rebuffers != 0) {
			writer.byte(72);
			writer.varint(u64(this.rebuffers));
		}
		if (this.skippedBytes != 0) {
			writer.byte(80);
			writer.varint(this.skippedBytes);
		}
		if (this.waiting) {
			writer.byte(88);
			writer.byte(u32(this.waiting));
		}
	}
}
