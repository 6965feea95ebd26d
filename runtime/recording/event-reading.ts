/** What a turn was given, from the wire: `Event` of `proto/recording/recording.proto`, which anybody may have written. */
import type { Event } from '../component/generated/service.ts';
import { failureOf } from './failure-numbers.ts';
import { malformed, type WireReader } from './wire-reader.ts';
import { delimitedTag, varintTag } from './wire-write.ts';

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
		else if (tag === varintTag(3)) outcome = { tag: 'err', val: failureOf(reader.uint32()) };
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
		else if (tag === varintTag(3)) outcome = { tag: 'err', val: failureOf(reader.uint32()) };
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
