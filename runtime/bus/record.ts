/**
 * What cells say to each other, as records of a ring: a head of eight words, then the payload.
 *
 * A payload larger than a piece crosses in several records, one directly after the other.
 */
import type { Failure } from '../component/generated/service.ts';
import type { RingReader, RingWriter } from './ring.ts';

export type BusRecord =
	/** `holds`: the receiver says when it has found room, and the sender stands still until then. */
	| {
			readonly tag: 'publication';
			readonly topic: number;
			readonly sender: number;
			readonly holds: boolean;
			readonly payload: Uint8Array;
	  }
	| {
			readonly tag: 'request';
			readonly topic: number;
			readonly sender: number;
			readonly receiver: number;
			readonly correlation: number;
			readonly deadlineMs: number;
			readonly payload: Uint8Array;
	  }
	| { readonly tag: 'answer'; readonly correlation: number; readonly payload: Uint8Array }
	| { readonly tag: 'failure'; readonly correlation: number; readonly failure: Failure }
	/** The cell knows the routes up to this version; all that follows was said under them. */
	| { readonly tag: 'version'; readonly version: number }
	/** So many bytes of what the VM had published have found room. */
	| { readonly tag: 'placed'; readonly sender: number; readonly bytes: number };

const headBytes = 32;
/** Place of each field in the head, in words. */
const field = { kind: 0, stamp: 1, topic: 2, sender: 3, receiver: 4, correlation: 5, amount: 6, total: 7 };
const kinds = ['publication', 'request', 'answer', 'failure', 'version', 'placed'] as const;
const kindOf = { publication: 0, request: 1, answer: 2, failure: 3, version: 4, placed: 5 } as const;
const failures: readonly Failure[] = [
	'denied',
	'timed-out',
	'refused',
	'unreachable',
	'malformed',
	'cancelled',
];
/** The largest payload there is: the most that one turn may say. */
const mostBytes = 16_777_216;

const nothing = new Uint8Array(0);

/** What the record carries beyond its head. */
export function payloadOf(record: BusRecord): Uint8Array {
	switch (record.tag) {
		case 'publication':
		case 'request':
		case 'answer':
			return record.payload;
		default:
			return nothing;
	}
}

/** The most of a payload that one record holds. */
function pieceBytes(capacity: number): number {
	return capacity / 4 - headBytes;
}

export class RecordWriter {
	readonly #ring: RingWriter;
	/** How much of the record that found no room has been written. */
	#written = 0;

	constructor(ring: RingWriter) {
		this.#ring = ring;
	}

	/** True while a record is half written: the same one has to be written on. */
	get isWithin(): boolean {
		return this.#written > 0;
	}

	/** False when there was no room for all of it: to be called again with the same record and no other. */
	write(record: BusRecord, stamp: number): boolean {
		const payload = payloadOf(record);
		const most = pieceBytes(this.#ring.capacity);
		do {
			const length = Math.min(payload.length - this.#written, most);
			const at = this.#ring.claim(headBytes + length);
			if (at < 0) return false;
			const { words } = this.#ring;
			words[(at >> 2) + field.stamp] = stamp;
			words[(at >> 2) + field.total] = payload.length;
			this.#writeHead(record, at >> 2);
			const piece =
				length === payload.length ? payload : payload.subarray(this.#written, this.#written + length);
			this.#ring.bytes.set(piece, at + headBytes);
			this.#written += length;
		} while (this.#written < payload.length);
		this.#written = 0;
		return true;
	}

	#writeHead(record: BusRecord, at: number): void {
		const { words } = this.#ring;
		words[at + field.kind] = kindOf[record.tag];
		switch (record.tag) {
			case 'publication':
				words[at + field.topic] = record.topic;
				words[at + field.sender] = record.sender;
				words[at + field.amount] = record.holds ? 1 : 0;
				return;
			case 'request':
				words[at + field.topic] = record.topic;
				words[at + field.sender] = record.sender;
				words[at + field.receiver] = record.receiver;
				words[at + field.correlation] = record.correlation;
				words[at + field.amount] = record.deadlineMs;
				return;
			case 'answer':
				words[at + field.correlation] = record.correlation;
				return;
			case 'failure':
				words[at + field.correlation] = record.correlation;
				words[at + field.amount] = failures.indexOf(record.failure);
				return;
			case 'version':
				words[at + field.amount] = record.version;
				return;
			case 'placed':
				words[at + field.sender] = record.sender;
				words[at + field.amount] = record.bytes;
		}
	}
}

export class RecordReader {
	readonly #ring: RingReader;
	/** Of the record that was found and not read yet; -1 when none was. */
	#found = -1;
	#assembled: Uint8Array | undefined;
	#filled = 0;
	#malformed = 0;

	constructor(ring: RingReader) {
		this.#ring = ring;
	}

	/** Records that no cell writes. */
	get malformed(): number {
		return this.#malformed + this.#ring.breaks;
	}

	/** Stamp of the next record; undefined when there is none. */
	stamp(): number | undefined {
		if (this.#found < 0) this.#found = this.#ring.peek();
		return this.#found < 0 ? undefined : this.#word(this.#found, field.stamp);
	}

	/** The next whole record; undefined when there is none yet, and when what was there could not be read. */
	read(): BusRecord | undefined {
		if (this.#found < 0) this.#found = this.#ring.peek();
		for (let at = this.#found; at >= 0; at = this.#ring.peek()) {
			this.#found = -1;
			const record = this.#take(at);
			this.#ring.next();
			if (record !== undefined) return record;
		}
		return undefined;
	}

	#take(at: number): BusRecord | undefined {
		const total = this.#word(at, field.total);
		const length = this.#ring.length - headBytes;
		// The rest of the one before never came.
		if (this.#assembled !== undefined && this.#assembled.length !== total) this.#bad();
		if (length < 0 || total > mostBytes || this.#filled + length > total) return this.#bad();
		const from = at + headBytes;
		if (length === total) return this.#record(at, this.#ring.bytes.slice(from, from + length));
		this.#assembled ??= new Uint8Array(total);
		this.#assembled.set(this.#ring.bytes.subarray(from, from + length), this.#filled);
		this.#filled += length;
		if (this.#filled < total) return undefined;
		const payload = this.#assembled;
		this.#forget();
		return this.#record(at, payload);
	}

	#record(at: number, payload: Uint8Array): BusRecord | undefined {
		const word = (place: number): number => this.#word(at, place);
		const kind = kinds[word(field.kind)];
		switch (kind) {
			case 'publication':
				return {
					tag: kind,
					topic: word(field.topic),
					sender: word(field.sender),
					holds: word(field.amount) === 1,
					payload,
				};
			case 'request':
				return {
					tag: kind,
					topic: word(field.topic),
					sender: word(field.sender),
					receiver: word(field.receiver),
					correlation: word(field.correlation),
					deadlineMs: word(field.amount),
					payload,
				};
			case 'answer':
				return { tag: kind, correlation: word(field.correlation), payload };
			case 'failure': {
				const failure = failures[word(field.amount)];
				if (failure === undefined) return this.#bad();
				return { tag: kind, correlation: word(field.correlation), failure };
			}
			case 'version':
				return { tag: kind, version: word(field.amount) };
			case 'placed':
				return { tag: kind, sender: word(field.sender), bytes: word(field.amount) };
			default:
				return this.#bad();
		}
	}

	#word(at: number, place: number): number {
		return (this.#ring.words[(at >> 2) + place] ?? 0) >>> 0;
	}

	#bad(): undefined {
		this.#malformed++;
		this.#forget();
	}

	#forget(): void {
		this.#assembled = undefined;
		this.#filled = 0;
	}
}
