/** What a turn was given, onto the wire: `Event` of `proto/recording/recording.proto`. */
import type { Event } from '../component/generated/service.ts';
import { numberOf } from './failure-numbers.ts';
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
