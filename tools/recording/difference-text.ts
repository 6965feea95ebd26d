/** The first difference between a recording and a replay, as a person can read it. */
import type { JsonValue } from '../../proto/host/codec.ts';
import type { Effect } from '../../runtime/component/generated/service.ts';
import { type Difference, valuesOf } from '../../runtime/recording/difference.ts';
import type { TurnRecord } from '../../runtime/recording/turn-record.ts';
import { bytesText, type FieldDifference, firstDifference } from './payload-text.ts';
import type { TurnText } from './turn-text.ts';

export interface DifferenceReport {
	readonly turn: number;
	readonly kind: Difference['kind'];
	/** Place among the turn's effects, from 0, where it is about one. */
	readonly effect?: number;
	readonly topic?: string;
	/** The first field of the message that differs. */
	readonly field?: FieldDifference;
	/** One line a sentence. */
	readonly text: string;
}

/** @param text has followed every turn up to and with this one */
export function reportOf(
	difference: Difference,
	{ record, text }: { record: TurnRecord; text: TurnText },
): DifferenceReport {
	const { turn } = record;
	const at = turn === 0 ? 'the start' : `turn ${turn}`;
	const { kind } = difference;
	switch (difference.kind) {
		case 'missing':
			return {
				turn,
				kind,
				...placeOf(difference.effect, difference.expected, text),
				text: `${at}: effect ${difference.effect + 1} is missing: ${text.effect(difference.expected)}`,
			};
		case 'extra':
			return {
				turn,
				kind,
				...placeOf(difference.effect, difference.found, text),
				text: `${at}: there is an effect more: ${text.effect(difference.found)}`,
			};
		case 'other-outcome': {
			const [expected, found] = [difference.expected, difference.found].map((outcome) =>
				outcome.tag === 'fault'
					? `fault ${outcome.code} (${outcome.message})`
					: `${outcome.effects.length} effects`,
			);
			return { turn, kind, text: `${at}: ends in ${found}; recorded was ${expected}` };
		}
		case 'other-read': {
			const name = (key: string | undefined) => (key === undefined ? 'nothing' : JSON.stringify(key));
			const { read, expected, found } = difference;
			return {
				turn,
				kind,
				text: `${at}: reads ${name(found)} as read ${read + 1}; recorded was ${name(expected)}`,
			};
		}
		case 'other-fuel':
			return {
				turn,
				kind,
				text: `${at}: uses ${difference.found} units of fuel; recorded were ${difference.expected}`,
			};
		default: {
			const { effect, expected, found } = difference;
			const field = fieldOf(difference, text);
			const where =
				field === undefined
					? ''
					: `\nfield ${field.path || '(all)'}: ${said(field.expected)} was recorded, now it is ${said(field.found)}`;
			return {
				turn,
				kind,
				...placeOf(effect, expected, text),
				...(field && { field }),
				text: `${at}: effect ${effect + 1} differs${where}\n  recorded: ${text.effect(expected)}\n  now:      ${text.effect(found)}`,
			};
		}
	}
}

function placeOf(effect: number, { tag, val }: Effect, text: TurnText): { effect: number; topic?: string } {
	if (tag === 'publish' || tag === 'request') return { effect, topic: text.topic(val.topic) };
	const topic = tag === 'reply' ? text.requestTopic(val.correlation) : undefined;
	return { effect, ...(topic !== undefined && { topic }) };
}

function fieldOf(
	{ kind, expected, found }: Extract<Difference, { effect: number; expected: Effect; found: Effect }>,
	text: TurnText,
): FieldDifference | undefined {
	if (kind === 'other-effect' || kind === 'other-topic') return undefined;
	if (kind === 'other-value') return firstDifference(plain(expected), plain(found));
	return firstDifference(messageIn(expected, text), messageIn(found, text));
}

/** The message that an effect carries; undefined where it carries other bytes. */
function messageIn({ tag, val }: Effect, text: TurnText): JsonValue | undefined {
	if (tag === 'publish' || tag === 'request')
		return text.payloads.message(text.topic(val.topic), val.payload);
	const topic = tag === 'reply' ? text.requestTopic(val.correlation) : undefined;
	if (tag !== 'reply' || topic === undefined || val.outcome.tag === 'err') return undefined;
	return text.payloads.answer(topic, val.outcome.val);
}

function plain(effect: Effect): JsonValue {
	const entries = Object.entries(valuesOf(effect)).map(([name, value]) => [
		name,
		value instanceof Uint8Array ? bytesText(value) : typeof value === 'bigint' ? String(value) : value,
	]);
	return Object.fromEntries(entries) as JsonValue;
}

function said(value: JsonValue | undefined): string {
	return value === undefined ? 'nothing' : JSON.stringify(value);
}
