import test from 'ava';
import fc from 'fast-check';
import { digester } from '../snapshot/testbed.ts';
import { digestWords } from './page-digester.ts';

test('a page has the same digest wherever it lies, and pages that differ have others', (t) => {
	const page = fc.uint8Array({ minLength: 4096, maxLength: 4096 });
	fc.assert(
		fc.property(fc.array(page, { minLength: 1, maxLength: 3 }), fc.nat(70), (pages, before) => {
			const bytes = Buffer.concat([new Uint8Array(before * 4096), ...pages]);
			const digests = digester.digests(bytes);
			const at = (number: number): string =>
				digests.subarray(number * digestWords, (number + 1) * digestWords).join();
			for (const [a, one] of pages.entries()) {
				t.is(at(before + a), digester.digests(one).join());
				for (const [b, other] of pages.entries())
					t.is(at(before + a) === at(before + b), Buffer.compare(one, other) === 0);
			}
		}),
		{ numRuns: 100 },
	);
});

test('a changed byte and an exchange of two show in the sum', (t) => {
	const bytes = new Uint8Array(8192).map((_, at) => (at * 31) >>> 3);
	const place = fc.nat(bytes.length - 1);
	fc.assert(
		fc.property(place, fc.integer({ min: 1, max: 255 }), place, (at, change, other) => {
			const flipped = bytes.slice();
			flipped[at] = (flipped[at] as number) ^ change;
			t.not(digester.sum(flipped), digester.sum(bytes));
			const exchanged = bytes.slice();
			[exchanged[at], exchanged[other]] = [bytes[other] as number, bytes[at] as number];
			t.is(digester.sum(exchanged) === digester.sum(bytes), bytes[at] === bytes[other]);
		}),
		{ numRuns: 2000 },
	);
});

test('the highest bits of two words do not cancel', (t) => {
	const bytes = new Uint8Array(4096);
	for (let one = 7; one < 4096; one += 8)
		for (const two of [one + 32, one + 64, one + 8]) {
			const flipped = bytes.slice();
			flipped[one] = 0x80;
			if (two < 4096) flipped[two] = 0x80;
			if (digester.sum(flipped) === digester.sum(bytes)) t.fail(`${one} and ${two}`);
		}
	t.pass();
});

/** XXH64 as its specification has it, for lengths that 32 divides. */
function xxh64(bytes: Uint8Array): bigint {
	const [p1, p2, p3, p4] = [
		0x9e3779b185ebca87n,
		0xc2b2ae3d27d4eb4fn,
		0x165667b19e3779f9n,
		0x85ebca77c2b2ae63n,
	] as const;
	const cut = (value: bigint): bigint => BigInt.asUintN(64, value);
	const rotate = (value: bigint, by: bigint): bigint => cut(value << by) | (value >> (64n - by));
	const round = (sum: bigint, word: bigint): bigint => cut(rotate(cut(sum + word * p2), 31n) * p1);
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
	const sums = [cut(p1 + p2), p2, 0n, cut(-p1)];
	for (let at = 0; at < bytes.length; at += 8) {
		const which = (at >>> 3) & 3;
		sums[which] = round(sums[which] as bigint, view.getBigUint64(at, true));
	}
	const turns = [1n, 7n, 12n, 18n];
	let hash = cut(sums.reduce((all, sum, which) => all + rotate(sum, turns[which] as bigint), 0n));
	for (const sum of sums) hash = cut((hash ^ round(0n, sum)) * p1 + p4);
	hash = cut(hash + BigInt(bytes.length));
	hash = cut((hash ^ (hash >> 33n)) * p2);
	hash = cut((hash ^ (hash >> 29n)) * p3);
	return hash ^ (hash >> 32n);
}

test('digests are XXH64 on every machine', (t) => {
	fc.assert(
		fc.property(fc.uint8Array({ minLength: 4096, maxLength: 4096 }), (page) => {
			t.is(digester.sum(page), xxh64(page));
		}),
		{ numRuns: 20 },
	);
});
