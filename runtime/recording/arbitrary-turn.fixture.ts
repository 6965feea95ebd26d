/** Turns as a VM may have them, any value at any place, and the same in the words of the contract. */
import fc from 'fast-check';
import type { Input } from '../../proto/host/codec.ts';
import type * as wire from '../../proto/host/recording/recording.ts';
import type { Effect, Event, Failure } from '../component/generated/service.ts';
import type { TurnOutcome, TurnRecord } from './turn-record.ts';

const failures: readonly Failure[] = [
	'denied',
	'timed-out',
	'refused',
	'unreachable',
	'malformed',
	'cancelled',
];
const u32 = fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xffff_ffff), fc.nat({ max: 0xffff_ffff }));
const safe = fc.oneof(fc.constantFrom(0, 0xfff_ffff, 0x1000_0000, 2 ** 53 - 1), fc.maxSafeNat());
const bytes = fc.oneof(
	fc.uint8Array({ maxLength: 200 }),
	fc.constantFrom(126, 127, 128, 16_383, 16_384).map((length) => new Uint8Array(length).fill(7)),
);
const text = fc.string({ unit: 'grapheme', maxLength: 40 });

function plain<T>(model: { [Key in keyof T]: fc.Arbitrary<T[Key]> }): fc.Arbitrary<T> {
	return fc.record<T>(model, { noNullPrototype: true });
}

/** @param u64 what stands where the contract has 64 bits */
export function turnArbitrary(u64: fc.Arbitrary<bigint>): fc.Arbitrary<TurnRecord> {
	const failure = fc.constantFrom(...failures).map((val) => ({ tag: 'err' as const, val }));
	const ok = <T>(value: fc.Arbitrary<T>) => value.map((val) => ({ tag: 'ok' as const, val }));
	const of = <const Tag extends string, T>(tag: Tag, val: fc.Arbitrary<T>) =>
		val.map((val) => ({ tag, val }));
	const event: fc.Arbitrary<Event> = fc.oneof(
		of('message', plain({ topic: u32, sender: u32, correlation: u32, payload: bytes })),
		of('answer', plain({ correlation: u32, outcome: fc.oneof(ok(bytes), failure) })),
		of('timer', u32),
		of('chunk', plain({ stream: u32, offset: u64, bytes })),
		of('stream-ended', plain({ stream: u32, outcome: fc.oneof(ok(u64), failure) })),
		of('sink', plain({ nextSequence: u64, at: u64, buffered: u32 })),
	);
	const effect: fc.Arbitrary<Effect> = fc.oneof(
		of('publish', plain({ topic: u32, payload: bytes })),
		of('request', plain({ topic: u32, correlation: u32, deadlineMs: u32, payload: bytes })),
		of('reply', plain({ correlation: u32, outcome: fc.oneof(ok(bytes), of('err', text)) })),
		of('set-timer', plain({ id: u32, delayMs: u32, repeat: fc.boolean() })),
		of('cancel-timer', u32),
		of('put', plain({ key: text, value: bytes })),
		of('delete', text),
		of('fetch', plain({ stream: u32, url: text, offset: u64, length: u64 })),
		of('cancel-fetch', u32),
		of('play', plain({ sequence: u64, at: u64, duration: u32, bytes })),
	);
	const outcome: fc.Arbitrary<TurnOutcome> = fc.oneof(
		fc.array(effect, { maxLength: 5 }).map((effects) => ({ tag: 'done' as const, effects })),
		plain({ tag: fc.constant('fault' as const), code: text, message: text }),
	);
	return plain({
		vm: u32,
		turn: safe,
		nowUs: safe,
		inbox: fc.array(event, { maxLength: 5 }),
		reads: fc.array(plain({ key: text, value: fc.option(bytes, { nil: undefined }) }), { maxLength: 3 }),
		outcome,
		fuel: u32,
	});
}

/** Without what has its default, as the contract's own encoders leave it out. */
export function inContract(record: TurnRecord): Input<wire.TurnRecord> {
	const { vm, turn, nowUs, inbox, reads, outcome, fuel } = record;
	const effects = outcome.tag === 'done' ? outcome.effects.map(contractEffect) : [];
	const ending =
		outcome.tag === 'fault' ? { fault: sparse({ code: outcome.code, message: outcome.message }) } : {};
	return {
		...sparse({ vm, turn, now: nowUs, fuel }),
		inbox: inbox.map(contractEvent),
		reads: reads.map(({ key, value }) => ({ ...sparse({ key }), value })),
		effects,
		...ending,
	};
}

function contractEvent(event: Event): Input<wire.Event> {
	switch (event.tag) {
		case 'message':
			return { message: sparse(event.val) };
		case 'answer': {
			const { correlation, outcome } = event.val;
			const member =
				outcome.tag === 'ok' ? { ok: outcome.val } : { failed: failures.indexOf(outcome.val) + 1 };
			return { answer: { ...sparse({ correlation }), ...member } };
		}
		case 'timer':
			return { timer: event.val };
		case 'chunk':
			return { chunk: sparse(event.val) };
		case 'stream-ended': {
			const { stream, outcome } = event.val;
			const member =
				outcome.tag === 'ok' ? { size: Number(outcome.val) } : { failed: failures.indexOf(outcome.val) + 1 };
			return { streamEnded: { ...sparse({ stream }), ...member } };
		}
		case 'sink':
			return { sink: sparse(event.val) };
	}
}

function contractEffect(effect: Effect): Input<wire.Effect> {
	switch (effect.tag) {
		case 'publish':
			return { publish: sparse(effect.val) };
		case 'request':
			return { request: sparse(effect.val) };
		case 'reply': {
			const { correlation, outcome } = effect.val;
			const member = outcome.tag === 'ok' ? { ok: outcome.val } : { refused: outcome.val };
			return { reply: { ...sparse({ correlation }), ...member } };
		}
		case 'set-timer':
			return { setTimer: sparse(effect.val) };
		case 'cancel-timer':
			return { cancelTimer: effect.val };
		case 'put':
			return { put: sparse(effect.val) };
		case 'delete':
			return { delete: effect.val };
		case 'fetch':
			return { fetch: sparse(effect.val) };
		case 'cancel-fetch':
			return { cancelFetch: effect.val };
		case 'play':
			return { play: sparse(effect.val) };
	}
}

type Plain<T> = { [Key in keyof T]?: T[Key] extends bigint ? number : T[Key] };

function sparse<T extends object>(fields: T): Plain<T> {
	const entries = Object.entries(fields).map(([name, value]) => [
		name,
		typeof value === 'bigint' ? Number(value) : value,
	]);
	const isDefault = (value: unknown): boolean =>
		value === 0 || value === '' || value === false || (value instanceof Uint8Array && value.length === 0);
	return Object.fromEntries(entries.filter(([, value]) => !isDefault(value))) as Plain<T>;
}
