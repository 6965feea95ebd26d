/** What a turn answered, on the wire: `Effect` of `proto/recording/recording.proto`. */
import type { Effect } from '../component/generated/service.ts';
import { malformed, type WireReader } from './wire-reader.ts';
import {
	contentOf,
	delimited,
	field32,
	field64,
	fieldBytes,
	fieldText,
	sizeOf32,
	sizeOfText,
} from './wire-size.ts';
import {
	delimitedTag,
	putBytes,
	putField32,
	putField64,
	putFieldBytes,
	putFieldText,
	putTagged,
	putText,
	varintTag,
} from './wire-write.ts';

export function sizeOfEffect(effect: Effect): number {
	if (effect.tag === 'cancel-timer' || effect.tag === 'cancel-fetch') return 1 + sizeOf32(effect.val);
	return delimited(sizeOfContent(effect));
}

/** Returns where it ended; there has to be room for it. @param size as `sizeOfEffect` gives it */
export function putEffect(out: Uint8Array<ArrayBuffer>, begin: number, effect: Effect, size: number): number {
	let to = begin;
	switch (effect.tag) {
		case 'publish': {
			const { topic, payload } = effect.val;
			to = putTagged(out, to, delimitedTag(1), contentOf(size));
			to = putField32(out, to, varintTag(1), topic);
			return putFieldBytes(out, to, delimitedTag(2), payload);
		}
		case 'request': {
			const { topic, correlation, deadlineMs, payload } = effect.val;
			to = putTagged(out, to, delimitedTag(2), contentOf(size));
			to = putField32(out, to, varintTag(1), topic);
			to = putField32(out, to, varintTag(2), correlation);
			to = putField32(out, to, varintTag(3), deadlineMs);
			return putFieldBytes(out, to, delimitedTag(4), payload);
		}
		case 'reply': {
			const { correlation, outcome } = effect.val;
			to = putTagged(out, to, delimitedTag(3), contentOf(size));
			to = putField32(out, to, varintTag(1), correlation);
			if (outcome.tag === 'ok') return putBytes(out, to, delimitedTag(2), outcome.val);
			return putText(out, to, delimitedTag(3), outcome.val);
		}
		case 'set-timer': {
			const { id, delayMs, repeat } = effect.val;
			to = putTagged(out, to, delimitedTag(4), contentOf(size));
			to = putField32(out, to, varintTag(1), id);
			to = putField32(out, to, varintTag(2), delayMs);
			return putField32(out, to, varintTag(3), Number(repeat));
		}
		case 'cancel-timer':
			return putTagged(out, to, varintTag(5), effect.val);
		case 'put': {
			const { key, value } = effect.val;
			to = putTagged(out, to, delimitedTag(6), contentOf(size));
			to = putFieldText(out, to, delimitedTag(1), key);
			return putFieldBytes(out, to, delimitedTag(2), value);
		}
		case 'delete':
			return putText(out, to, delimitedTag(7), effect.val);
		case 'fetch': {
			const { stream, url, offset, length } = effect.val;
			to = putTagged(out, to, delimitedTag(8), contentOf(size));
			to = putField32(out, to, varintTag(1), stream);
			to = putFieldText(out, to, delimitedTag(2), url);
			to = putField64(out, to, varintTag(3), offset);
			return putField64(out, to, varintTag(4), length);
		}
		case 'cancel-fetch':
			return putTagged(out, to, varintTag(9), effect.val);
		case 'play': {
			const { sequence, at, duration, bytes } = effect.val;
			to = putTagged(out, to, delimitedTag(10), contentOf(size));
			to = putField64(out, to, varintTag(1), sequence);
			to = putField64(out, to, varintTag(2), at);
			to = putField32(out, to, varintTag(3), duration);
			return putFieldBytes(out, to, delimitedTag(4), bytes);
		}
	}
}

function sizeOfContent(effect: Exclude<Effect, { tag: 'cancel-timer' | 'cancel-fetch' }>): number {
	switch (effect.tag) {
		case 'publish':
			return field32(effect.val.topic) + fieldBytes(effect.val.payload);
		case 'request': {
			const { topic, correlation, deadlineMs, payload } = effect.val;
			return field32(topic) + field32(correlation) + field32(deadlineMs) + fieldBytes(payload);
		}
		case 'reply': {
			const { correlation, outcome } = effect.val;
			const length = outcome.tag === 'ok' ? outcome.val.length : sizeOfText(outcome.val);
			return field32(correlation) + delimited(length);
		}
		case 'set-timer': {
			const { id, delayMs, repeat } = effect.val;
			return field32(id) + field32(delayMs) + field32(Number(repeat));
		}
		case 'put':
			return fieldText(effect.val.key) + fieldBytes(effect.val.value);
		case 'delete':
			return sizeOfText(effect.val);
		case 'fetch': {
			const { stream, url, offset, length } = effect.val;
			return field32(stream) + fieldText(url) + field64(offset) + field64(length);
		}
		case 'play': {
			const { sequence, at, duration, bytes } = effect.val;
			return field64(sequence) + field64(at) + field32(duration) + fieldBytes(bytes);
		}
	}
}

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
