import test from 'ava';
import fc from 'fast-check';
import type { Packing } from '../../runtime/snapshot/packing.ts';
import { plainPacking } from '../../runtime/snapshot/plain-packing.ts';
import { zstdPacking } from './zstd-packing.ts';

const kinds: Record<string, Packing> = { 'by Zstandard': zstdPacking(), 'of the double': plainPacking };

for (const [name, packing] of Object.entries(kinds)) {
	test(`packing ${name} gives back what was packed, in a buffer that is no larger`, async (t) => {
		await fc.assert(
			fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), async (bytes) => {
				for (const packed of [packing.pack(bytes), await packing.packLater(bytes)]) {
					t.is(packed.buffer.byteLength, packed.length);
					t.deepEqual(packing.unpack(packed, bytes.length), bytes);
				}
			}),
			{ numRuns: 50 },
		);
	});

	test(`packing ${name} refuses to unpack more or less than was asked for, and what is not packed`, (t) => {
		const packed = packing.pack(new Uint8Array(100_000).fill(7));
		t.throws(() => packing.unpack(packed, 99_999));
		t.throws(() => packing.unpack(packed, 100_001));
		t.throws(() => packing.unpack(Uint8Array.of(1, 2, 3), 3));
		t.throws(() => packing.unpack(packed.subarray(0, packed.length - 1), 100_000));
	});

	test(`what packing ${name} has done with a dictionary is unpacked with the same one only`, (t) => {
		const dictionary = new Uint8Array(4096).map((_, at) => (at * at) >>> 3);
		const bytes = dictionary.slice(1000, 3000);
		const packed = packing.pack(bytes, dictionary);
		t.deepEqual(packing.unpack(packed, bytes.length, dictionary), bytes);
		t.throws(() => packing.unpack(packed, bytes.length));
	});
}

test('with a dictionary that holds all of them, bytes take next to nothing', (t) => {
	const dictionary = new Uint8Array(4096).map((_, at) => (at * at * 2654435761) >>> 13);
	const bytes = dictionary.slice(1000, 3000);
	t.true(zstdPacking().pack(bytes, dictionary).length < 64);
	t.true(zstdPacking().pack(bytes).length > 1000);
});
