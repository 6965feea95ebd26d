import test from 'ava';
import fc from 'fast-check';
import { changesBetween, ExtentMap } from './extent-map.ts';

const size = 64;
const writes = fc.array(fc.record({ offset: fc.nat(size - 1), length: fc.nat(20), isZero: fc.boolean() }), {
	maxLength: 40,
});

test('whatever is laid over what, a byte is what was laid there last', (t) => {
	fc.assert(
		fc.property(writes, fc.nat(size), fc.nat(size), (all, from, count) => {
			const map = new ExtentMap();
			const model = new Array<number | undefined | 'base'>(size * 2).fill('base');
			all.forEach(({ offset, length, isZero }, index) => {
				const dataAt = isZero ? undefined : 1000 * (index + 1);
				map.lay({ offset, length, dataAt });
				for (let byte = 0; byte < length; byte++)
					model[offset + byte] = dataAt === undefined ? undefined : dataAt + byte;
			});

			const seen = new Array<number | undefined | 'base'>(size * 2).fill('base');
			for (const { offset, length, dataAt } of map.within(from, count)) {
				t.true(offset >= from && offset + length <= from + count);
				for (let byte = 0; byte < length; byte++)
					seen[offset + byte] = dataAt === undefined ? undefined : dataAt + byte;
			}
			t.deepEqual(seen.slice(from, from + count), model.slice(from, from + count));
			// Nothing overlaps, and nothing is out of order.
			let end = 0;
			for (const { offset, length } of map.extents) {
				t.true(offset >= end && length > 0);
				end = offset + length;
			}
		}),
	);
});

test('a copy goes its own way', (t) => {
	const map = new ExtentMap();
	map.lay({ offset: 0, length: 4, dataAt: 0 });

	const copy = map.copy();
	copy.lay({ offset: 0, length: 4, dataAt: 8 });

	t.deepEqual(map.extents, [{ offset: 0, length: 4, dataAt: 0 }]);
});

test('the changes from one map to another make the other of it, and touch nothing that is the same', (t) => {
	const contents = (map: ExtentMap) => {
		const bytes = new Array<number | undefined | 'base'>(size * 2).fill('base');
		for (const { offset, length, dataAt } of map.extents)
			for (let byte = 0; byte < length; byte++)
				bytes[offset + byte] = dataAt === undefined ? undefined : dataAt + byte;
		return bytes;
	};
	const build = (
		all: readonly { offset: number; length: number; isZero: boolean }[],
		map = new ExtentMap(),
	) => {
		// The same write has the same data in both.
		for (const { offset, length, isZero } of all)
			map.lay({ offset, length, dataAt: isZero ? undefined : 1000 + offset * 100 });
		return map;
	};
	fc.assert(
		fc.property(writes, writes, writes, (shared, more, other) => {
			const from = build(more, build(shared));
			const to = build(other, build(shared));
			const bytes = contents(from);
			const expected = contents(to);
			for (const { offset, length, dataAt, isBare } of changesBetween(from.extents, to.extents))
				for (let byte = 0; byte < length; byte++) {
					const content = isBare ? 'base' : dataAt === undefined ? undefined : dataAt + byte;
					t.not(bytes[offset + byte], content);
					bytes[offset + byte] = content;
				}
			t.deepEqual(bytes, expected);
		}),
	);
});
