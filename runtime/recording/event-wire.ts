/** What a turn was given, on the wire: `Event` of `proto/recording/recording.proto`. */
import type { Event, Failure } from '../component/generated/service.ts';
import { malformed, type WireReader } from './wire-reader.ts';
import { contentOf, delimited, field32, field64, fieldBytes, sizeOf32, sizeOf64 } from './wire-size.ts';
import {
	delimitedTag,
	put64,
	putBytes,
	putField32,
	putField64,
	putFieldBytes,
	putTagged,
	varintTag,
} from './wire-write.ts';

/** In the order of the contract, which begins with 1. */
const failures: readonly Failure[] = [
	'denied',
	'timed-out',
	'refused',
	'unreachable',
	'malformed',
	'cancelled',
];

export function sizeOfEvent(event: Event): number {
	return event.tag === 'timer' ? 1 + sizeOf32(event.val) : delimited(sizeOfContent(event));
}

/** Returns where it ended; there has to be room for it. @param size as `sizeOfEvent` gives it */
export function putEvent(out: Uint8Array<ArrayBuffer>, begin: number, event: Event, size: number): number {
	let to = begin;
	switch (event.tag) {
		case 'message': {
			const { topic, sender, correlation, payload } = event.val;
			to = putTagged(out, to, delimitedTag(1), contentOf(size));
			to = putField32(out, to, varintTag(1), topic);
			to = putField32(out, to, varintTag(2), sender);
			to = putField32(out, to, varintTag(3), correlation);
			return putFieldBytes(out, to, delimitedTag(4), payload);
		}
		case 'answer': {
			const { correlation, outcome } = event.val;
			to = putTagged(out, to, delimitedTag(2), contentOf(size));
			to = putField32(out, to, varintTag(1), correlation);
			if (outcome.tag === 'ok') return putBytes(out, to, delimitedTag(2), outcome.val);
			return putField32(out, to, varintTag(3), numberOf(outcome.val));
		}
		case 'timer':
			return putTagged(out, to, varintTag(3), event.val);
		case 'chunk': {
			const { stream, offset, bytes } = event.val;
			to = putTagged(out, to, delimitedTag(4), contentOf(size));
			to = putField32(out, to, varintTag(1), stream);
			to = putField64(out, to, varintTag(2), offset);
			return putFieldBytes(out, to, delimitedTag(3), bytes);
		}
		case 'stream-ended': {
			const { stream, outcome } = event.val;
			to = putTagged(out, to, delimitedTag(5), contentOf(size));
			to = putField32(out, to, varintTag(1), stream);
			if (outcome.tag === 'err') return putField32(out, to, varintTag(3), numberOf(outcome.val));
			out[to] = varintTag(2);
			return put64(out, to + 1, outcome.val);
		}
		case 'sink': {
			const { nextSequence, at, buffered } = event.val;
			to = putTagged(out, to, delimitedTag(6), contentOf(size));
			to = putField64(out, to, varintTag(1), nextSequence);
			to = putField64(out, to, varintTag(2), at);
			return putField32(out, to, varintTag(3), buffered);
		}
	}
}

function sizeOfContent(event: Exclude<Event, { tag: 'timer' }>): number {
	switch (event.tag) {
		case 'message': {
			const { topic, sender, correlation, payload } = event.val;
			return field32(topic) + field32(sender) + field32(correlation) + fieldBytes(payload);
		}
		case 'answer': {
			const { correlation, outcome } = event.val;
			return field32(correlation) + (outcome.tag === 'ok' ? delimited(outcome.val.length) : 2);
		}
		case 'chunk': {
			const { stream, offset, bytes } = event.val;
			return field32(stream) + field64(offset) + fieldBytes(bytes);
		}
		case 'stream-ended': {
			const { stream, outcome } = event.val;
			return field32(stream) + (outcome.tag === 'ok' ? 1 + sizeOf64(outcome.val) : 2);
		}
		case 'sink': {
			const { nextSequence, at, buffered } = event.val;
			return field64(nextSequence) + field64(at) + field32(buffered);
		}
	}
}

function numberOf(failure: Failure): number {
	return failures.indexOf(failure) + 1;
}

/** @throws RecordingError `malformed-record` */
export function readEvent(reader: WireReader): Event {
	let event: Event | undefined;
	for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
		switch (tag) {
			case delimitedTag(1):
				event = { tag: 'message', val: reader.inside(readMessage) };
				break;
			case delimitedTag(2):
				event = { tag: 'answer', val: reader.inside(readAnswer) };
				break;
			case varintTag(3):
				event = { tag: 'timer', val: reader.uint32() };
				break;
			case delimitedTag(4):
				event = { tag: 'chunk', val: reader.inside(readChunk) };
				break;
			case delimitedTag(5):
				event = { tag: 'stream-ended', val: reader.inside(readStreamEnd) };
				break;
			case delimitedTag(6):
				event = { tag: 'sink', val: reader.inside(readSinkReport) };
				break;
			default:
				reader.skip(tag);
		}
	}
	if (event === undefined) throw malformed('an event is of no kind');
	return event;
}

type Val<Tag extends Event['tag']> = Extract<Event, { tag: Tag }>['val'];

function readMessage(reader: WireReader): Val<'message'> {
	let [topic, sender, correlation] = [0, 0, 0];
	let payload: Uint8Array = new Uint8Array();
	for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
		if (tag === varintTag(1)) topic = reader.uint32();
		else if (tag === varintTag(2)) sender = reader.uint32();
		else if (tag === varintTag(3)) correlation = reader.uint32();
		else if (tag === delimitedTag(4)) payload = reader.bytes();
		else reader.skip(tag);
	}
	return { topic, sender, correlation, payload };
}

function readAnswer(reader: WireReader): Val<'answer'> {
	let correlation = 0;
	let outcome: Val<'answer'>['outcome'] | undefined;
	for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
		if (tag === varintTag(1)) correlation = reader.uint32();
		else if (tag === delimitedTag(2)) outcome = { tag: 'ok', val: reader.bytes() };
		else if (tag === varintTag(3)) outcome = { tag: 'err', val: readFailure(reader) };
		else reader.skip(tag);
	}
	if (outcome === undefined) throw malformed('an answer has no outcome');
	return { correlation, outcome };
}

function readChunk(reader: WireReader): Val<'chunk'> {
	let stream = 0;
	let offset = 0n;
	let bytes: Uint8Array = new Uint8Array();
	for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
		if (tag === varintTag(1)) stream = reader.uint32();
		else if (tag === varintTag(2)) offset = reader.uint64();
		else if (tag === delimitedTag(3)) bytes = reader.bytes();
		else reader.skip(tag);
	}
	return { stream, offset, bytes };
}

function readStreamEnd(reader: WireReader): Val<'stream-ended'> {
	let stream = 0;
	let outcome: Val<'stream-ended'>['outcome'] | undefined;
	for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
		if (tag === varintTag(1)) stream = reader.uint32();
		else if (tag === varintTag(2)) outcome = { tag: 'ok', val: reader.uint64() };
		else if (tag === varintTag(3)) outcome = { tag: 'err', val: readFailure(reader) };
		else reader.skip(tag);
	}
	if (outcome === undefined) throw malformed('the end of a stream has no outcome');
	return { stream, outcome };
}

function readSinkReport(reader: WireReader): Val<'sink'> {
	let [nextSequence, at] = [0n, 0n];
	let buffered = 0;
	for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
		if (tag === varintTag(1)) nextSequence = reader.uint64();
		else if (tag === varintTag(2)) at = reader.uint64();
		else if (tag === varintTag(3)) buffered = reader.uint32();
		else reader.skip(tag);
	}
	return { nextSequence, at, buffered };
}

function readFailure(reader: WireReader): Failure {
	const number = reader.uint32();
	const failure = failures[number - 1];
	if (failure === undefined) throw malformed(`there is no failure ${number}`);
	return failure;
}
