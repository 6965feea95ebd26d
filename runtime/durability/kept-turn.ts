/**
 * One turn as a record of the journal: the marks that it moved, then the turn as recordings have it.
 *
 * In order: how many marks there are; sender, turn, index and sequence of each; the `TurnRecord`.
 */
import { decodeTurn, putTurn, sizeOfTurn, type TurnRecord } from '../recording/turn-record.ts';
import { WireReader } from '../recording/wire-reader.ts';
import { sizeOf32, sizeOfSafe } from '../recording/wire-size.ts';
import { put32, putSafe } from '../recording/wire-write.ts';
import type { MessageId } from './marks.ts';

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

export interface KeptTurn {
	readonly had: readonly MessageId[];
	readonly record: TurnRecord;
}

export function sizeOfKeptTurn({ had, record }: KeptTurn): number {
	let size = sizeOf32(had.length) + sizeOfTurn(record);
	for (const { sender, turn, index, sequence } of had)
		size += sizeOf32(sender) + sizeOfSafe(turn) + sizeOf32(index) + sizeOfSafe(sequence);
	return size;
}

/** Returns where it ended; there has to be room for it. */
export function putKeptTurn(out: Uint8Array, begin: number, { had, record }: KeptTurn): number {
	const bytes = out as Uint8Array<ArrayBuffer>;
	let to = put32(bytes, begin, had.length);
	for (const { sender, turn, index, sequence } of had) {
		to = put32(bytes, to, sender);
		to = putSafe(bytes, to, turn);
		to = put32(bytes, to, index);
		to = putSafe(bytes, to, sequence);
	}
	return putTurn(bytes, to, record);
}

/** Payloads are views of `bytes`. @throws RecordingError `malformed-record` */
export function decodeKeptTurn(bytes: Uint8Array): KeptTurn {
	const reader = new WireReader(bytes);
	const had: MessageId[] = [];
	for (let left = reader.uint32(); left > 0; left--)
		had.push({
			sender: reader.uint32(),
			turn: reader.safe(),
			index: reader.uint32(),
			sequence: reader.safe(),
		});
	return { had, record: decodeTurn(bytes.subarray(reader.position)) };
}
