import { isDeepStrictEqual } from 'node:util';
import test from 'ava';
import fc from 'fast-check';
import type { Effect } from '../component/generated/service.ts';
import { PageDigester } from '../digest/page-digester.ts';
import { turnArbitrary } from '../recording/arbitrary-turn.fixture.ts';
import { EffectsDigest } from './effects-digest.ts';

const anyEffects = turnArbitrary(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })).map(({ outcome }) =>
	outcome.tag === 'done' ? outcome.effects : [],
);
const message = (payload: Uint8Array, topic = 0): Effect => ({ tag: 'publish', val: { topic, payload } });
const filled = (bytes: number): Uint8Array => new Uint8Array(bytes).fill(7);

const one = new EffectsDigest(new PageDigester());
const other = new EffectsDigest(new PageDigester());
const digestOf = (effects: readonly Effect[], by = one): string => by.of(effects).toHex();

test('the same effects have the same digest, whatever was digested before', (t) => {
	fc.assert(
		fc.property(anyEffects, anyEffects, (effects, before) => {
			other.of(before);
			t.is(digestOf(effects, other), digestOf(effects));
		}),
		{ numRuns: 300 },
	);
});

test('other effects, or the same in another order, have another digest', (t) => {
	fc.assert(
		fc.property(anyEffects, anyEffects, (a, b) => {
			fc.pre(!isDeepStrictEqual(a, b));
			t.not(digestOf(a), digestOf(b));
			if (!isDeepStrictEqual([...a, ...b], [...b, ...a]))
				t.not(digestOf([...a, ...b]), digestOf([...b, ...a]));
		}),
		{ numRuns: 300 },
	);
});

test('every byte of a message counts, as do its length, its topic, and where one ends and the next begins', (t) => {
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 600_000 }), fc.nat(), (bytes, at) => {
			const payload = filled(bytes);
			const changed = filled(bytes);
			changed[at % bytes] = 8;
			const digests = [
				[message(payload)],
				[message(changed)],
				[message(payload, 1)],
				[message(filled(bytes + 1))],
				[message(filled(bytes - 1)), message(filled(1))],
				[message(payload), message(filled(0))],
			].map((effects) => digestOf(effects));
			t.is(new Set(digests).size, digests.length);
		}),
		{ numRuns: 100 },
	);
});

test('effects that fill the room to the last byte, or go beyond it, are digested as all others', (t) => {
	const { length } = new PageDigester().room;
	const sizes = Array.from({ length: 120 }, (_, at) => length - 60 + at);
	const digests = sizes.flatMap((bytes) => {
		const long = [message(filled(bytes)), message(filled(40))];
		other.of([message(filled(3))]);
		t.is(digestOf(long, other), digestOf(long));
		return [digestOf(long), digestOf([message(filled(40)), message(filled(bytes))])];
	});
	t.is(new Set(digests).size, digests.length);
});

test('what was digested is known to be about as long as it was', (t) => {
	for (const bytes of [0, 1000, 1_000_000]) {
		one.of([message(filled(bytes)), { tag: 'put', val: { key: 'k', value: filled(bytes) } }]);
		t.true(one.bytes >= 2 * bytes && one.bytes < 2 * bytes + 200, `${one.bytes}`);
	}
});
