/**
 * What cells say to each other, as records of a ring: a head of eight words, then the payload. The most frequent
 * ones, publications of VMs that keep no journal, have the first four words of it alone: the more of them the ring
 * holds, the less often its ends wake each other.
 *
 * A payload larger than a piece crosses in several records, one directly after the other.
 */
import type { Failure } from '../component/generated/service.ts';
import { Slab } from '../component/slab.ts';
import type { RingReader, RingWriter } from './ring.ts';

/** Where among all effects of a VM one stands: the number of its turn, and which effect of that turn it is. */
export interface Place {
	readonly turn: number;
	readonly index: number;
}

export type BusRecord =
	/**
	 * `holds`: the receiver says when it has found room, and the sender stands still until then. `place`:
	 * of a sender that keeps a journal. `isAgain`: for receivers that keep one too, if they have not had it.
	 */
	| {
			readonly tag: 'publication';
			readonly topic: number;
			readonly sender: number;
			readonly holds: boolean;
			readonly place?: Place | undefined;
			readonly isAgain?: boolean;
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
	| { readonly tag: 'placed'; readonly sender: number; readonly bytes: number }
	/** What the VM published before this place needs not be said again. */
	| { readonly tag: 'safe'; readonly sender: number; readonly before: Place };

type Publication = Extract<BusRecord, { tag: 'publication' }>;

const headBytes = 32;
const briefHeadBytes = 16;
/** Place of each field in the head, in words. */
const field = {
	kind: 0,
	stamp: 1,
	topic: 2,
	sender: 3,
	receiver: 4,
	correlation: 5,
	amount: 6,
	total: 7,
} as const;
const kind = {
	publication: 0,
	request: 1,
	answer: 2,
	failure: 3,
	version: 4,
	placed: 5,
	safe: 6,
	/** With a head of four words; of a topic that holds its senders, and of one that does not. */
	briefHolding: 7,
	brief: 8,
} as const;
/** In the `amount` of a publication, below the index of its place. */
const mark = { holds: 1, hasPlace: 2, isAgain: 4 } as const;
const markBits = 3;
const wordSize = 0x1_0000_0000;
/** By their numbers in a record. */
export const failures: readonly Failure[] = [
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

function marksOf({ holds, place, isAgain }: Publication): number {
	const marks = (holds ? mark.holds : 0) | (isAgain === true ? mark.isAgain : 0);
	return place === undefined ? marks : marks | mark.hasPlace | (place.index << markBits);
}

/** The most of a payload that one record holds. */
function pieceBytes(capacity: number): number {
	return capacity / 4 - headBytes;
}

export class RecordWriter {
	readonly #ring: RingWriter;
	readonly #pieceBytes: number;
	/** How much of the record that found no room has been written. */
	#written = 0;

	constructor(ring: RingWriter) {
		this.#ring = ring;
		this.#pieceBytes = pieceBytes(ring.capacity);
	}

	/** False when there was no room for all of it: to be called again with the same record and no other. */
	write(record: BusRecord, stamp: number): boolean {
		if (record.tag === 'publication' && this.#isBrief(record)) return this.#writeBrief(record, stamp);
		const payload = payloadOf(record);
		if (payload.length > this.#pieceBytes) return this.#writePieces(record, { stamp, payload });
		const at = this.#ring.claim(headBytes + payload.length);
		if (at < 0) return false;
		this.#writeHead(record, at >> 2);
		this.#ring.words[(at >> 2) + field.stamp] = stamp;
		this.#ring.words[(at >> 2) + field.total] = payload.length;
		this.#ring.bytes.set(payload, at + headBytes);
		return true;
	}

	#isBrief({ place, isAgain, payload }: Publication): boolean {
		return place === undefined && isAgain !== true && payload.length <= this.#pieceBytes;
	}

	#writeBrief(record: Publication, stamp: number): boolean {
		const { topic, sender, holds, payload } = record;
		const at = this.#ring.claim(briefHeadBytes + payload.length);
		if (at < 0) return false;
		const { words, bytes } = this.#ring;
		const first = at >> 2;
		words[first + field.kind] = holds ? kind.briefHolding : kind.brief;
		words[first + field.stamp] = stamp;
		words[first + field.topic] = topic;
		words[first + field.sender] = sender;
		bytes.set(payload, at + briefHeadBytes);
		return true;
	}

	#writePieces(record: BusRecord, { stamp, payload }: { stamp: number; payload: Uint8Array }): boolean {
		while (this.#written < payload.length) {
			const length = Math.min(payload.length - this.#written, this.#pieceBytes);
			const at = this.#ring.claim(headBytes + length);
			if (at < 0) return false;
			this.#writeHead(record, at >> 2);
			this.#ring.words[(at >> 2) + field.stamp] = stamp;
			this.#ring.words[(at >> 2) + field.total] = payload.length;
			this.#ring.bytes.set(payload.subarray(this.#written, this.#written + length), at + headBytes);
			this.#written += length;
		}
		this.#written = 0;
		return true;
	}

	#writeHead(record: BusRecord, at: number): void {
		const { words } = this.#ring;
		switch (record.tag) {
			case 'publication':
				words[at + field.kind] = kind.publication;
				words[at + field.topic] = record.topic;
				words[at + field.sender] = record.sender;
				words[at + field.amount] = marksOf(record);
				if (record.place !== undefined) this.#writeTurn(record.place, at);
				return;
			case 'request':
				words[at + field.kind] = kind.request;
				words[at + field.topic] = record.topic;
				words[at + field.sender] = record.sender;
				words[at + field.receiver] = record.receiver;
				words[at + field.correlation] = record.correlation;
				words[at + field.amount] = record.deadlineMs;
				return;
			case 'answer':
				words[at + field.kind] = kind.answer;
				words[at + field.correlation] = record.correlation;
				return;
			case 'failure':
				words[at + field.kind] = kind.failure;
				words[at + field.correlation] = record.correlation;
				words[at + field.amount] = failures.indexOf(record.failure);
				return;
			case 'version':
				words[at + field.kind] = kind.version;
				words[at + field.amount] = record.version;
				return;
			case 'placed':
				words[at + field.kind] = kind.placed;
				words[at + field.sender] = record.sender;
				words[at + field.amount] = record.bytes;
				return;
			case 'safe':
				words[at + field.kind] = kind.safe;
				words[at + field.sender] = record.sender;
				words[at + field.amount] = record.before.index;
				this.#writeTurn(record.before, at);
		}
	}

	#writeTurn({ turn }: Place, at: number): void {
		const { words } = this.#ring;
		words[at + field.receiver] = turn % wordSize;
		words[at + field.correlation] = Math.floor(turn / wordSize);
	}
}

export class RecordReader {
	readonly #ring: RingReader;
	/** Of the record that was found and not read yet; -1 when none was. */
	#found = -1;
	#assembled: Uint8Array | undefined;
	#filled = 0;
	#malformed = 0;
	readonly #slab = new Slab();

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
		const kindOf = this.#word(at, field.kind);
		if (kindOf === kind.brief || kindOf === kind.briefHolding)
			return this.#takeBrief(at, kindOf === kind.briefHolding);
		const total = this.#word(at, field.total);
		const length = this.#ring.length - headBytes;
		const from = at + headBytes;
		if (length === total && this.#assembled === undefined)
			return this.#record(
				at,
				length === 0 ? nothing : this.#slab.copyPart(this.#ring.bytes, from, from + length),
			);
		// The rest of the one before never came.
		if (this.#assembled !== undefined && this.#assembled.length !== total) this.#bad();
		if (length < 0 || total > mostBytes || this.#filled + length > total) return this.#bad();
		this.#assembled ??= new Uint8Array(total);
		this.#assembled.set(this.#ring.bytes.subarray(from, from + length), this.#filled);
		this.#filled += length;
		if (this.#filled < total) return undefined;
		const payload = this.#assembled;
		this.#forget();
		return this.#record(at, payload);
	}

	#takeBrief(at: number, holds: boolean): BusRecord | undefined {
		const length = this.#ring.length - briefHeadBytes;
		if (length < 0) return this.#bad();
		// The rest of the one before never came.
		if (this.#assembled !== undefined) this.#bad();
		const from = at + briefHeadBytes;
		return {
			tag: 'publication',
			topic: this.#word(at, field.topic),
			sender: this.#word(at, field.sender),
			holds,
			place: undefined,
			isAgain: false,
			payload: length === 0 ? nothing : this.#slab.copyPart(this.#ring.bytes, from, from + length),
		};
	}

	#record(at: number, payload: Uint8Array): BusRecord | undefined {
		const { words } = this.#ring;
		const first = at >> 2;
		const word = (place: number): number => (words[first + place] ?? 0) >>> 0;
		const turn = (): number => word(field.correlation) * wordSize + word(field.receiver);
		switch (words[first + field.kind]) {
			case kind.publication: {
				const marks = word(field.amount);
				return {
					tag: 'publication',
					topic: word(field.topic),
					sender: word(field.sender),
					holds: (marks & mark.holds) !== 0,
					place: (marks & mark.hasPlace) === 0 ? undefined : { turn: turn(), index: marks >>> markBits },
					isAgain: (marks & mark.isAgain) !== 0,
					payload,
				};
			}
			case kind.request:
				return {
					tag: 'request',
					topic: word(field.topic),
					sender: word(field.sender),
					receiver: word(field.receiver),
					correlation: word(field.correlation),
					deadlineMs: word(field.amount),
					payload,
				};
			case kind.answer:
				return { tag: 'answer', correlation: word(field.correlation), payload };
			case kind.failure: {
				const failure = failures[word(field.amount)];
				if (failure === undefined) return this.#bad();
				return { tag: 'failure', correlation: word(field.correlation), failure };
			}
			case kind.version:
				return { tag: 'version', version: word(field.amount) };
			case kind.placed:
				return { tag: 'placed', sender: word(field.sender), bytes: word(field.amount) };
			case kind.safe: {
				const before = { turn: turn(), index: word(field.amount) };
				return { tag: 'safe', sender: word(field.sender), before };
			}
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
