/** What a turn answered, from the wire: `Effect` of `proto/recording/recording.proto`, which anybody may have written. */
import type { Effect } from '../component/generated/service.ts';
import { malformed, type WireReader } from './wire-reader.ts';
import { delimitedTag, varintTag } from './wire-write.ts';

/** @throws RecordingError `malformed-record` */
export function readEffect(reader: WireReader): Effect {
	let effect: Effect | undefined;
	for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
		const read = readers[tag];
		if (read === undefined) reader.skip(tag);
		else effect = read(reader);
	}
	if (effect === undefined) throw malformed('an effect is of no kind');
	return effect;
}

/** By the tag of the field that says which effect it is. */
const readers: Readonly<Record<number, (reader: WireReader) => Effect>> = {
	[delimitedTag(1)]: (reader) => ({ tag: 'publish', val: reader.inside(readPublication) }),
	[delimitedTag(2)]: (reader) => ({ tag: 'request', val: reader.inside(readRequest) }),
	[delimitedTag(3)]: (reader) => ({ tag: 'reply', val: reader.inside(readReply) }),
	[delimitedTag(4)]: (reader) => ({ tag: 'set-timer', val: reader.inside(readTimer) }),
	[varintTag(5)]: (reader) => ({ tag: 'cancel-timer', val: reader.uint32() }),
	[delimitedTag(6)]: (reader) => ({ tag: 'put', val: reader.inside(readEntry) }),
	[delimitedTag(7)]: (reader) => ({ tag: 'delete', val: reader.text() }),
	[delimitedTag(8)]: (reader) => ({ tag: 'fetch', val: reader.inside(readFetch) }),
	[varintTag(9)]: (reader) => ({ tag: 'cancel-fetch', val: reader.uint32() }),
	[delimitedTag(10)]: (reader) => ({ tag: 'play', val: reader.inside(readFrame) }),
};

type Val<Tag extends Effect['tag']> = Extract<Effect, { tag: Tag }>['val'];

function readPublication(reader: WireReader): Val<'publish'> {
	let topic = 0;
	let payload: Uint8Array = new Uint8Array();
	for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
		if (tag === varintTag(1)) topic = reader.uint32();
		else if (tag === delimitedTag(2)) payload = reader.bytes();
		else reader.skip(tag);
	}
	return { topic, payload };
}

function readRequest(reader: WireReader): Val<'request'> {
	let [topic, correlation, deadlineMs] = [0, 0, 0];
	let payload: Uint8Array = new Uint8Array();
	for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
		if (tag === varintTag(1)) topic = reader.uint32();
		else if (tag === varintTag(2)) correlation = reader.uint32();
		else if (tag === varintTag(3)) deadlineMs = reader.uint32();
		else if (tag === delimitedTag(4)) payload = reader.bytes();
		else reader.skip(tag);
	}
	return { topic, correlation, deadlineMs, payload };
}

function readReply(reader: WireReader): Val<'reply'> {
	let correlation = 0;
	let outcome: Val<'reply'>['outcome'] | undefined;
	for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
		if (tag === varintTag(1)) correlation = reader.uint32();
		else if (tag === delimitedTag(2)) outcome = { tag: 'ok', val: reader.bytes() };
		else if (tag === delimitedTag(3)) outcome = { tag: 'err', val: reader.text() };
		else reader.skip(tag);
	}
	if (outcome === undefined) throw malformed('a reply has no outcome');
	return { correlation, outcome };
}

function readTimer(reader: WireReader): Val<'set-timer'> {
	let [id, delayMs] = [0, 0];
	let repeat = false;
	for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
		if (tag === varintTag(1)) id = reader.uint32();
		else if (tag === varintTag(2)) delayMs = reader.uint32();
		else if (tag === varintTag(3)) repeat = reader.uint64() !== 0n;
		else reader.skip(tag);
	}
	return { id, delayMs, repeat };
}

function readEntry(reader: WireReader): Val<'put'> {
	let key = '';
	let value: Uint8Array = new Uint8Array();
	for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
		if (tag === delimitedTag(1)) key = reader.text();
		else if (tag === delimitedTag(2)) value = reader.bytes();
		else reader.skip(tag);
	}
	return { key, value };
}

function readFetch(reader: WireReader): Val<'fetch'> {
	let stream = 0;
	let url = '';
	let [offset, length] = [0n, 0n];
	for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
		if (tag === varintTag(1)) stream = reader.uint32();
		else if (tag === delimitedTag(2)) url = reader.text();
		else if (tag === varintTag(3)) offset = reader.uint64();
		else if (tag === varintTag(4)) length = reader.uint64();
		else reader.skip(tag);
	}
	return { stream, url, offset, length };
}

function readFrame(reader: WireReader): Val<'play'> {
	let [sequence, at] = [0n, 0n];
	let duration = 0;
	let bytes: Uint8Array = new Uint8Array();
	for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
		if (tag === varintTag(1)) sequence = reader.uint64();
		else if (tag === varintTag(2)) at = reader.uint64();
		else if (tag === varintTag(3)) duration = reader.uint32();
		else if (tag === delimitedTag(4)) bytes = reader.bytes();
		else reader.skip(tag);
	}
	return { sequence, at, duration, bytes };
}
