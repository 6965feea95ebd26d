/** Where a build first does something else than was recorded, as data. */
import type { Effect } from '../component/generated/service.ts';
import type { TurnOutcome } from './turn-record.ts';

export type Difference =
	/** The build had fewer effects in this turn. */
	| { readonly kind: 'missing'; readonly effect: number; readonly expected: Effect }
	/** The build had more. */
	| { readonly kind: 'extra'; readonly effect: number; readonly found: Effect }
	/** An effect of another kind. */
	| EffectDifference<'other-effect'>
	/** A message on another topic. */
	| EffectDifference<'other-topic'>
	/** The same effect with another payload: of a message, a reply, a stored value or a frame. */
	| EffectDifference<'other-payload'>
	/** The same effect with another number or name: of a timer, a stream, a key. */
	| EffectDifference<'other-value'>
	/** One failed, or both did in different ways. */
	| { readonly kind: 'other-outcome'; readonly expected: TurnOutcome; readonly found: TurnOutcome }
	/** The guest read something else from its bucket; undefined is nothing. */
	| {
			readonly kind: 'other-read';
			readonly read: number;
			readonly expected: string | undefined;
			readonly found: string | undefined;
	  }
	/** The same module used other fuel: the engine or its instrumentation does not do the same everywhere. */
	| { readonly kind: 'other-fuel'; readonly expected: number; readonly found: number };

interface EffectDifference<Kind extends string> {
	readonly kind: Kind;
	/** Its place among the turn's effects, from 0. */
	readonly effect: number;
	readonly expected: Effect;
	readonly found: Effect;
}

/** Undefined where both turns have the same outcome. */
export function differenceOf(expected: TurnOutcome, found: TurnOutcome): Difference | undefined {
	if (expected.tag === 'fault' || found.tag === 'fault') {
		const isSame = expected.tag === 'fault' && found.tag === 'fault' && expected.code === found.code;
		return isSame ? undefined : { kind: 'other-outcome', expected, found };
	}
	for (const [effect, wanted] of expected.effects.entries()) {
		const got = found.effects[effect];
		if (got === undefined) return { kind: 'missing', effect, expected: wanted };
		const kind = kindOf(wanted, got);
		if (kind !== undefined) return { kind, effect, expected: wanted, found: got };
	}
	const effect = expected.effects.length;
	const more = found.effects[effect];
	return more === undefined ? undefined : { kind: 'extra', effect, found: more };
}

type Kind = 'other-effect' | 'other-topic' | 'other-payload' | 'other-value';

function kindOf(expected: Effect, found: Effect): Kind | undefined {
	if (expected.tag !== found.tag) return 'other-effect';
	const [one, other] = [valuesOf(expected), valuesOf(found)];
	if (one['topic'] !== other['topic']) return 'other-topic';
	const differing = Object.keys({ ...one, ...other }).filter((name) => !isSame(one[name], other[name]));
	if (differing.length === 0) return undefined;
	return differing.every((name) => payloads.includes(name)) ? 'other-payload' : 'other-value';
}

const payloads = ['payload', 'value', 'bytes', 'outcome'];

/** The fields of an effect by name; a lone one is called `val`. */
export function valuesOf({ val }: Effect): Readonly<Record<string, unknown>> {
	return typeof val === 'object' ? (val as object as Record<string, unknown>) : { val };
}

function isSame(one: unknown, other: unknown): boolean {
	if (one instanceof Uint8Array && other instanceof Uint8Array)
		return one.length === other.length && one.every((byte, at) => byte === other[at]);
	if (isOutcome(one) && isOutcome(other)) return one.tag === other.tag && isSame(one.val, other.val);
	return one === other;
}

function isOutcome(value: unknown): value is { tag: string; val: unknown } {
	return typeof value === 'object' && value !== null && 'tag' in value;
}
