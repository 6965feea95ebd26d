import { isDeepStrictEqual } from 'node:util';
import test from 'ava';
import fc from 'fast-check';
import { turnArbitrary } from '../recording/arbitrary-turn.fixture.ts';
import { RecordingError } from '../recording/error.ts';
import type { TurnRecord } from '../recording/turn-record.ts';
import { DurabilityError } from './error.ts';
import { decodeKeptTurn, digestOfEffects, putKeptTurn, roomForKeptTurn, unsaid } from './kept-turn.ts';
import type { MessageId } from './marks.ts';

const u32 = fc.nat({ max: 0xffff_ffff });
const mark: fc.Arbitrary<MessageId> = fc.record(
	{ sender: u32, turn: fc.maxSafeNat(), index: u32, sequence: fc.maxSafeNat() },
	{ noNullPrototype: true },
);
const anyTurn = turnArbitrary(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
const marks = fc.array(mark, { maxLength: 3 });

const effectsOf = ({ outcome }: TurnRecord) => (outcome.tag === 'done' ? outcome.effects : []);

/** Behind something else, as in the group that it becomes a part of. */
function put(had: readonly MessageId[], turn: TurnRecord): Uint8Array {
	const kept = { had, record: { ...turn, outcome: unsaid } };
	const at = 5;
	const bytes = new Uint8Array(at + roomForKeptTurn(kept, effectsOf(turn)));
	const end = putKeptTurn({ bytes, view: new DataView(bytes.buffer), at }, kept, effectsOf(turn));
	return bytes.slice(at, end);
}

test('what a turn was given comes back, with the digest that the same effects have in a replay', (t) => {
	fc.assert(
		fc.property(marks, anyTurn, (had, turn) => {
			const found = decodeKeptTurn(put(had, turn));
			t.true(isDeepStrictEqual(found.had, had));
			t.true(isDeepStrictEqual(found.record, { ...turn, outcome: unsaid }));
			t.deepEqual(found.digest, digestOfEffects(effectsOf(turn)));
		}),
		{ numRuns: 300 },
	);
});

test('other effects, or the same in another order, have another digest', (t) => {
	fc.assert(
		fc.property(anyTurn, anyTurn, (one, other) => {
			const [a, b] = [effectsOf(one), effectsOf(other)];
			fc.pre(!isDeepStrictEqual(a, b));
			t.notDeepEqual(digestOfEffects(a), digestOfEffects(b));
			const isSameBackwards = isDeepStrictEqual([...a, ...b], [...b, ...a]);
			if (!isSameBackwards) t.notDeepEqual(digestOfEffects([...a, ...b]), digestOfEffects([...b, ...a]));
		}),
		{ numRuns: 300 },
	);
});

test('what a turn answered takes no room, however long it is', (t) => {
	const publish = (bytes: number) => [
		{ tag: 'publish', val: { topic: 0, payload: new Uint8Array(bytes) } } as const,
	];
	const turn = (bytes: number): TurnRecord => ({
		vm: 1,
		turn: 2,
		nowUs: 3,
		inbox: [],
		reads: [],
		outcome: { tag: 'done', effects: publish(bytes) },
		fuel: 4,
	});
	t.is(put([], turn(100_000)).length, put([], turn(0)).length);
});

test('records of another version, or that are cut off, are refused by code', (t) => {
	fc.assert(
		fc.property(marks, anyTurn, fc.nat(), (had, turn, cut) => {
			const bytes = put(had, turn);
			try {
				decodeKeptTurn(bytes.subarray(0, cut % bytes.length));
			} catch (error) {
				t.true(error instanceof RecordingError || error instanceof DurabilityError, String(error));
			}
			bytes[0] = 1;
			t.throws(() => decodeKeptTurn(bytes), { code: 'state-lost' });
		}),
		{ numRuns: 300 },
	);
});
