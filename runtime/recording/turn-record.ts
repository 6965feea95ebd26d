/**
 * One turn of a VM as bytes: what it was given, what it read, and what it answered.
 *
 * The bytes are the message `TurnRecord` of `proto/recording/recording.proto`, written by hand because
 * a journal writes one for every turn.
 */
import type { Effect, Event } from '../component/generated/service.ts';
import { readEffect } from './effect-reading.ts';
import { putEffect, sizeOfEffect } from './effect-writing.ts';
import { readEvent } from './event-reading.ts';
import { putEvent, sizeOfEvent } from './event-writing.ts';
import type { RecordBuffer } from './record-buffer.ts';
import { malformed, WireReader } from './wire-reader.ts';
import { delimited, field32, fieldSafe, fieldText } from './wire-size.ts';
import {
	delimitedTag,
	putBytes,
	putField32,
	putFieldSafe,
	putFieldText,
	putTagged,
	varintTag,
} from './wire-write.ts';

export interface TurnRecord {
	readonly vm: number;
	/** 0 is the start, which has no inbox; below 2^53. */
	readonly turn: number;
	/** Microseconds since the epoch, as the guest saw it; below 2^53. */
	readonly nowUs: number;
	readonly inbox: readonly Event[];
	/** What `key-value.get` was asked and found, in order. */
	readonly reads: readonly Read[];
	readonly outcome: TurnOutcome;
	/** Units that the turn used. */
	readonly fuel: number;
}

export interface Read {
	readonly key: string;
	readonly value: Uint8Array | undefined;
}

export type TurnOutcome =
	| { readonly tag: 'done'; readonly effects: readonly Effect[] }
	| { readonly tag: 'fault'; readonly code: string; readonly message: string };

/** The bytes of one record. */
export function encodeTurn(record: TurnRecord): Uint8Array<ArrayBuffer> {
	const bytes = new Uint8Array(sizeOfTurn(record));
	putTurn(bytes, 0, record);
	return bytes;
}

/** Its tag in a recording, `Recording.turns`. */
export const turnTag = delimitedTag(2);

/** One turn as a part of a recording. */
export function framedTurn(record: TurnRecord): Uint8Array<ArrayBuffer> {
	const size = sizeOfTurn(record);
	const bytes = new Uint8Array(delimited(size));
	putTurn(bytes, putTagged(bytes, 0, turnTag, size), record);
	return bytes;
}

/** Puts a record behind what is there, without its length: whoever keeps several puts that before it. */
export function appendTurn(buffer: RecordBuffer, record: TurnRecord): void {
	buffer.reserve(sizeOfTurn(record));
	buffer.length = putTurn(buffer.bytes, buffer.length, record);
}

/** Exact, in bytes. */
export function sizeOfTurn({ vm, turn, nowUs, inbox, reads, outcome, fuel }: TurnRecord): number {
	let size = field32(vm) + fieldSafe(turn) + fieldSafe(nowUs) + field32(fuel);
	for (const event of inbox) size += delimited(sizeOfEvent(event));
	for (const read of reads) size += delimited(sizeOfRead(read));
	if (outcome.tag === 'fault') return size + delimited(fieldText(outcome.code) + fieldText(outcome.message));
	for (const effect of outcome.effects) size += delimited(sizeOfEffect(effect));
	return size;
}

/** Returns where it ended; there has to be room for it. */
export function putTurn(out: Uint8Array<ArrayBuffer>, begin: number, record: TurnRecord): number {
	const { vm, turn, nowUs, inbox, reads, outcome, fuel } = record;
	let to = putField32(out, begin, varintTag(1), vm);
	to = putFieldSafe(out, to, varintTag(2), turn);
	to = putFieldSafe(out, to, varintTag(3), nowUs);
	for (const event of inbox) {
		const size = sizeOfEvent(event);
		to = putTagged(out, to, delimitedTag(4), size);
		to = putEvent(out, to, event, size);
	}
	for (const read of reads) {
		to = putTagged(out, to, delimitedTag(5), sizeOfRead(read));
		to = putFieldText(out, to, delimitedTag(1), read.key);
		if (read.value !== undefined) to = putBytes(out, to, delimitedTag(2), read.value);
	}
	if (outcome.tag === 'fault') {
		to = putTagged(out, to, delimitedTag(7), fieldText(outcome.code) + fieldText(outcome.message));
		to = putFieldText(out, to, delimitedTag(1), outcome.code);
		to = putFieldText(out, to, delimitedTag(2), outcome.message);
		return putField32(out, to, varintTag(8), fuel);
	}
	for (const effect of outcome.effects) {
		const size = sizeOfEffect(effect);
		to = putTagged(out, to, delimitedTag(6), size);
		to = putEffect(out, to, effect, size);
	}
	return putField32(out, to, varintTag(8), fuel);
}

function sizeOfRead({ key, value }: Read): number {
	return fieldText(key) + (value === undefined ? 0 : delimited(value.length));
}

/** Payloads are views of `bytes`. @throws RecordingError `malformed-record` */
export function decodeTurn(bytes: Uint8Array): TurnRecord {
	const reader = new WireReader(bytes);
	let [vm, turn, nowUs, fuel] = [0, 0, 0, 0];
	const inbox: Event[] = [];
	const reads: Read[] = [];
	const effects: Effect[] = [];
	let fault: Extract<TurnOutcome, { tag: 'fault' }> | undefined;
	for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
		if (tag === varintTag(1)) vm = reader.uint32();
		else if (tag === varintTag(2)) turn = reader.safe();
		else if (tag === varintTag(3)) nowUs = reader.safe();
		else if (tag === delimitedTag(4)) inbox.push(reader.inside(readEvent));
		else if (tag === delimitedTag(5)) reads.push(reader.inside(readRead));
		else if (tag === delimitedTag(6)) effects.push(reader.inside(readEffect));
		else if (tag === delimitedTag(7)) fault = reader.inside(readFault);
		else if (tag === varintTag(8)) fuel = reader.uint32();
		else reader.skip(tag);
	}
	if (fault !== undefined && effects.length > 0) throw malformed('a turn that failed has effects');
	return { vm, turn, nowUs, inbox, reads, outcome: fault ?? { tag: 'done', effects }, fuel };
}

function readRead(reader: WireReader): Read {
	let key = '';
	let value: Uint8Array | undefined;
	for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
		if (tag === delimitedTag(1)) key = reader.text();
		else if (tag === delimitedTag(2)) value = reader.bytes();
		else reader.skip(tag);
	}
	return { key, value };
}

function readFault(reader: WireReader): Extract<TurnOutcome, { tag: 'fault' }> {
	let [code, message] = ['', ''];
	for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
		if (tag === delimitedTag(1)) code = reader.text();
		else if (tag === delimitedTag(2)) message = reader.text();
		else reader.skip(tag);
	}
	return { tag: 'fault', code, message };
}
