/** What a turn answered, onto the wire: `Effect` of `proto/recording/recording.proto`. */
import type { Effect } from '../component/generated/service.ts';
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
