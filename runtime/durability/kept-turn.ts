/**
 * One turn as a record of the journal: the marks that it moved, what it was given, and a digest of what it
 * answered. A replay answers the same, so that the answer itself need not be written.
 *
 * In order: the version; how many marks there are; sender, turn, index and sequence of each; the digest of
 * the effects; the `TurnRecord`, which has none.
 */
import { decodeTurn, putTurn, sizeOfTurn, type TurnRecord } from '../recording/turn-record.ts';
import { malformed, WireReader } from '../recording/wire-reader.ts';
import { sizeOf32, sizeOfSafe } from '../recording/wire-size.ts';
import { put32, putSafe } from '../recording/wire-write.ts';
import { digestBytes } from './effects-digest.ts';
import { DurabilityError } from './error.ts';
import type { MessageId } from './marks.ts';

const version = 2;

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

/** About what a turn takes to be made once more, in units of fuel; reading it costs as much as a small one. */
export function replayFuel(fuel: number): number {
	return 5000 + fuel;
}

export interface KeptTurn {
	readonly had: readonly MessageId[];
	/** Of its effects, as `EffectsDigest` gives it. */
	readonly digest: Uint8Array;
	/** Its outcome is `unsaid`. */
	readonly record: TurnRecord;
}

export function sizeOfKeptTurn({ had, digest, record }: KeptTurn): number {
	let size = 1 + sizeOf32(had.length) + digest.length + sizeOfTurn(record);
	for (const { sender, turn, index, sequence } of had)
		size += sizeOf32(sender) + sizeOfSafe(turn) + sizeOf32(index) + sizeOfSafe(sequence);
	return size;
}

/** Returns where it ended; there has to be room for it. */
export function putKeptTurn(out: Uint8Array, begin: number, { had, digest, record }: KeptTurn): number {
	const bytes = out as Uint8Array<ArrayBuffer>;
	bytes[begin] = version;
	let to = put32(bytes, begin + 1, had.length);
	for (const { sender, turn, index, sequence } of had) {
		to = put32(bytes, to, sender);
		to = putSafe(bytes, to, turn);
		to = put32(bytes, to, index);
		to = putSafe(bytes, to, sequence);
	}
	bytes.set(digest, to);
	return putTurn(bytes, to + digest.length, record);
}

/** Digest and payloads are views of `bytes`. @throws RecordingError `malformed-record`, DurabilityError `state-lost` */
export function decodeKeptTurn(bytes: Uint8Array): KeptTurn {
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
	const digest = bytes.subarray(position, position + digestBytes);
	return { had, digest, record: decodeTurn(bytes.subarray(position + digestBytes)) };
}
