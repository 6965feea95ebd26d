import { isDeepStrictEqual } from 'node:util';
import test from 'ava';
import fc from 'fast-check';
import * as wire from '../../proto/host/recording/recording.ts';
import { inContract, turnArbitrary } from './arbitrary-turn.fixture.ts';
import { RecordingError } from './error.ts';
import { RecordBuffer } from './record-buffer.ts';
import { appendTurn, decodeTurn, encodeTurn, sizeOfTurn } from './turn-record.ts';

const anyTurn = turnArbitrary(
	fc.oneof(fc.constantFrom(0n, 2n ** 53n, 2n ** 64n - 1n), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
);
/** The codecs of the contract hold no more than 2^53. */
const contractTurn = turnArbitrary(fc.maxSafeNat().map(BigInt));

test('what was encoded is decoded again, and is as long as it was said to be', (t) => {
	fc.assert(
		fc.property(anyTurn, (record) => {
			const bytes = encodeTurn(record);
			t.is(bytes.length, sizeOfTurn(record));
			t.true(isDeepStrictEqual(decodeTurn(bytes), record));
		}),
		{ numRuns: 300 },
	);
});

test('the bytes are those of the contract', (t) => {
	fc.assert(
		fc.property(contractTurn, (record) => {
			const contract = new Uint8Array(wire.TurnRecord.encode(inContract(record)));
			t.true(isDeepStrictEqual(encodeTurn(record), contract));
		}),
		{ numRuns: 300 },
	);
});

test('what others wrote by the contract is read, fields of later versions passed over', (t) => {
	// Field 15: a text; field 16: a number; field 17: 32 bits; field 18: 64 bits.
	const later = Uint8Array.of(
		0x7a,
		1,
		0x61,
		0x80,
		1,
		5,
		0x8d,
		1,
		1,
		2,
		3,
		4,
		0x91,
		1,
		1,
		2,
		3,
		4,
		5,
		6,
		7,
		8,
	);
	fc.assert(
		fc.property(contractTurn, (record) => {
			const bytes = Uint8Array.of(...later, ...wire.TurnRecord.encode(inContract(record)), ...later);
			t.true(isDeepStrictEqual(decodeTurn(bytes), record));
		}),
		{ numRuns: 100 },
	);
});

test('records stand one behind the other in a buffer that grows', (t) => {
	fc.assert(
		fc.property(fc.array(anyTurn, { minLength: 1, maxLength: 5 }), (records) => {
			const buffer = new RecordBuffer(8);
			const ends = records.map((record) => {
				appendTurn(buffer, record);
				return buffer.length;
			});
			const decoded = ends.map((end, at) => decodeTurn(buffer.written.subarray(ends[at - 1] ?? 0, end)));
			t.true(isDeepStrictEqual(decoded, records));
		}),
		{ numRuns: 100 },
	);
});

test('damaged bytes are refused by code, or are a record that can be written', (t) => {
	const damaged = fc
		.tuple(anyTurn, fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 4 }), fc.nat())
		.map(([record, changes, cut]) => {
			const bytes = encodeTurn(record);
			for (const [at, value] of changes) bytes[at % Math.max(1, bytes.length)] = value;
			return bytes.subarray(0, bytes.length - (cut % 3));
		});
	fc.assert(
		fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 64 })), (bytes) => {
			try {
				encodeTurn(decodeTurn(bytes));
			} catch (error) {
				t.true(error instanceof RecordingError, String(error));
			}
		}),
		{ numRuns: 2000 },
	);
	t.pass();
});

test('a length beyond the bytes is refused before anything is made for it', (t) => {
	t.throws(() => decodeTurn(Uint8Array.of(0x22, 0xff, 0xff, 0xff, 0xff, 0x0f)), { code: 'malformed-record' });
});
