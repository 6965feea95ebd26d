import { isDeepStrictEqual } from 'node:util';
import test from 'ava';
import fc from 'fast-check';
import { turnArbitrary } from '../recording/arbitrary-turn.fixture.ts';
import { RecordingError } from '../recording/error.ts';
import { DurabilityError } from './error.ts';
import { decodeKeptTurn, type KeptTurn, putKeptTurn, sizeOfKeptTurn, unsaid } from './kept-turn.ts';

const u32 = fc.nat({ max: 0xffff_ffff });
const mark = fc.record(
	{ sender: u32, turn: fc.maxSafeNat(), index: u32, sequence: fc.maxSafeNat() },
	{ noNullPrototype: true },
);
const anyTurn: fc.Arbitrary<KeptTurn> = fc.record(
	{
		had: fc.array(mark, { maxLength: 3 }),
		digest: fc.uint8Array({ minLength: 8, maxLength: 8 }),
		record: turnArbitrary(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })).map((record) => ({
			...record,
			outcome: unsaid,
		})),
	},
	{ noNullPrototype: true },
);

/** Behind something else, as in the group that it becomes a part of. */
function put(turn: KeptTurn): Uint8Array {
	const begin = 5;
	const bytes = new Uint8Array(begin + sizeOfKeptTurn(turn));
	return bytes.subarray(begin, putKeptTurn(bytes, begin, turn));
}

test('what was put comes back, and is as long as it was said to be', (t) => {
	fc.assert(
		fc.property(anyTurn, (turn) => {
			const bytes = put(turn);
			t.is(bytes.length, sizeOfKeptTurn(turn));
			t.true(isDeepStrictEqual(decodeKeptTurn(bytes), turn));
		}),
		{ numRuns: 300 },
	);
});

test('records of another version, or that are cut off, are refused by code', (t) => {
	fc.assert(
		fc.property(anyTurn, fc.nat(), (turn, cut) => {
			const bytes = put(turn);
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
