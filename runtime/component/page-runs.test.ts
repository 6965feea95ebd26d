import test from 'ava';
import fc from 'fast-check';
import { piecesOf, runsOf } from './page-runs.ts';

const numbers = fc.uniqueArray(fc.nat(30)).map((pages) => pages.sort((a, b) => a - b));

test('runs hold every page once, in order, and are as long as can be', (t) => {
	fc.assert(
		fc.property(numbers, (pages) => {
			const runs = [...runsOf(pages)];
			t.deepEqual(
				runs.flatMap(({ from, count }) => Array.from({ length: count }, (_, at) => from + at)),
				pages,
			);
			for (const [at, { from }] of runs.slice(1).entries()) {
				const before = runs[at] as { from: number; count: number };
				t.true(from > before.from + before.count);
			}
		}),
	);
});

test('pieces put every page where it belongs, whatever buffers the pages lie in', (t) => {
	const size = 4;
	const lying = fc.array(fc.record({ page: fc.nat(12), buffer: fc.nat(1), place: fc.nat(5) }), {
		maxLength: 20,
	});
	fc.assert(
		fc.property(lying, (all) => {
			const buffers = [0, 1].map((buffer) => Uint8Array.from({ length: 24 }, (_, at) => 100 * buffer + at));
			const pages = new Map<number, Uint8Array>();
			for (const { page, buffer, place } of all)
				pages.set(page, (buffers[buffer] as Uint8Array).subarray(place * size, (place + 1) * size));
			const expected = new Uint8Array(13 * size);
			for (const [page, content] of pages) expected.set(content, page * size);
			const joined = new Uint8Array(13 * size);
			for (const { page, bytes } of piecesOf(pages)) joined.set(bytes, page * size);
			t.deepEqual(joined, expected);
		}),
	);
	const whole = new Uint8Array(12);
	const neighbours = new Map([0, 1, 2].map((page) => [page, whole.subarray(page * size, (page + 1) * size)]));
	t.is([...piecesOf(neighbours)].length, 1);
});
