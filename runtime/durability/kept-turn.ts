/**
 * One turn as a record of the journal: the marks that it moved, what it was given, and a digest of what it
 * answered. A replay answers the same, so that the answer itself need not be written.
 *
 * In order: the version; how many marks there are; sender, turn, index and sequence of each; the digest of
 * the effects as recordings have them; the `TurnRecord`, which has none.
 */
import type { Effect } from '../component/generated/service.ts';
import {
	decodeTurn,
	putEffects,
	putTurn,
	sizeOfEffects,
	sizeOfTurn,
	type TurnRecord,
} from '../recording/turn-record.ts';
import { malformed, WireReader } from '../recording/wire-reader.ts';
import { sizeOf32, sizeOfSafe } from '../recording/wire-size.ts';
import { put32, putSafe } from '../recording/wire-write.ts';
import { type Digest, digestOf } from './digest.ts';
import { DurabilityError } from './error.ts';
import type { MessageId } from './marks.ts';

const version = 2;
const digestBytes = 8;

/** Kinds of the records of a VM in the journal of its cell. */
export const recordKind = {
	/** Its first turn, which has no inbox. */
	start: 1,
	turn: 2,
	/** What waited for it when it stopped: `Rest`. */
	rest: 3,
	/** It takes part again: `Joined`. */
	joined: 4,
} as const;

/** In place of what a turn answered. */
export const unsaid: TurnRecord['outcome'] = { tag: 'done', effects: [] };

export interface KeptTurn {
	readonly had: readonly MessageId[];
	/** Its outcome is `unsaid`. */
	readonly record: TurnRecord;
}

/** Bytes that it needs to be put, more than it has then: its effects are put too, to be digested. */
export function roomForKeptTurn({ had, record }: KeptTurn, effects: readonly Effect[]): number {
	let size = 1 + sizeOf32(had.length) + digestBytes + sizeOfTurn(record) + sizeOfEffects(effects);
	for (const { sender, turn, index, sequence } of had)
		size += sizeOf32(sender) + sizeOfSafe(turn) + sizeOf32(index) + sizeOfSafe(sequence);
	return size;
}

/** Where to put a turn: there has to be room from `at` on. */
export interface Place {
	readonly bytes: Uint8Array;
	/** Of the same bytes. */
	readonly view: DataView;
	readonly at: number;
}

/** Returns where it ended; what is behind that is of no use. */
export function putKeptTurn(
	{ bytes: out, view, at }: Place,
	{ had, record }: KeptTurn,
	effects: readonly Effect[],
): number {
	const bytes = out as Uint8Array<ArrayBuffer>;
	bytes[at] = version;
	let to = put32(bytes, at + 1, had.length);
	for (const { sender, turn, index, sequence } of had) {
		to = put32(bytes, to, sender);
		to = putSafe(bytes, to, turn);
		to = put32(bytes, to, index);
		to = putSafe(bytes, to, sequence);
	}
	const end = putTurn(bytes, to + digestBytes, record);
	const { low, high } = digestOf(view, end, putEffects(bytes, end, effects));
	view.setUint32(to, low, true);
	view.setUint32(to + 4, high, true);
	return end;
}

/** The digest that the record of a turn with these effects has. */
export function digestOfEffects(effects: readonly Effect[]): Digest {
	const bytes = new Uint8Array(sizeOfEffects(effects));
	return digestOf(new DataView(bytes.buffer), 0, putEffects(bytes, 0, effects));
}

/** Payloads are views of `bytes`. @throws RecordingError `malformed-record`, DurabilityError `state-lost` */
export function decodeKeptTurn(bytes: Uint8Array): KeptTurn & { readonly digest: Digest } {
	const reader = new WireReader(bytes);
	const found = reader.uint32();
	if (found !== version) throw new DurabilityError('state-lost', `a record is of version ${found}`);
	const had: MessageId[] = [];
	for (let left = reader.uint32(); left > 0; left--)
		had.push({
			sender: reader.uint32(),
			turn: reader.safe(),
			index: reader.uint32(),
			sequence: reader.safe(),
		});
	const { position } = reader;
	if (bytes.length < position + digestBytes) throw malformed('the digest of a turn is cut off');
	const view = new DataView(bytes.buffer, bytes.byteOffset + position, digestBytes);
	const digest = { low: view.getUint32(0, true), high: view.getUint32(4, true) };
	return { had, digest, record: decodeTurn(bytes.subarray(position + digestBytes)) };
}
