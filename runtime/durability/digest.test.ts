import test from 'ava';
import fc from 'fast-check';
import { type Digest, digestOf } from './digest.ts';

const at = (bytes: Uint8Array, begin: number): Digest => {
	const around = new Uint8Array(begin + bytes.length + 20).fill(0xa5);
	around.set(bytes, begin);
	return digestOf(new DataView(around.buffer), begin, begin + bytes.length);
};

test('the same bytes have the same digest, wherever they lie and whatever is around them', (t) => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(9), (bytes, begin) => {
			t.deepEqual(at(bytes, begin), at(bytes, 0));
		}),
	);
});

test('bytes that differ, even in one bit or by zeros at their end, have other digests', (t) => {
	const bytes = fc.uint8Array({ minLength: 1, maxLength: 100 });
	const changed = fc.tuple(bytes, fc.nat(), fc.nat(7)).map(([from, place, bit]) => {
		const to = from.slice();
		const byte = place % to.length;
		to[byte] = (to[byte] ?? 0) ^ (1 << bit);
		return [from, to] as const;
	});
	const longer = fc
		.tuple(bytes, fc.integer({ min: 1, max: 40 }))
		.map(([from, more]) => [from, Uint8Array.of(...from, ...new Uint8Array(more))] as const);
	fc.assert(
		fc.property(fc.oneof(changed, longer), ([one, other]) => {
			const [a, b] = [at(one, 0), at(other, 0)];
			t.true(a.low !== b.low || a.high !== b.high);
		}),
		{ numRuns: 2000 },
	);
});

test('changes spread over the whole digest', (t) => {
	const bytes = new Uint8Array(64);
	const before = at(bytes, 0);
	const flips = Array.from({ length: bytes.length * 8 }, (_, bit) => {
		const changed = bytes.slice();
		changed[bit >> 3] = 1 << (bit & 7);
		const after = at(changed, 0);
		return bitsOf(before.low ^ after.low) + bitsOf(before.high ^ after.high);
	});
	const average = flips.reduce((sum, count) => sum + count, 0) / flips.length;
	t.true(average > 30 && average < 34, `${average} of 64 bits change on average`);
	t.true(Math.min(...flips) > 12);
});

function bitsOf(word: number): number {
	let bits = 0;
	for (let left = word >>> 0; left > 0; left >>>= 1) bits += left & 1;
	return bits;
}
