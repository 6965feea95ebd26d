import test from 'ava';
import fc from 'fast-check';
import { parseRange, type RangeRequest } from './range.ts';

const cases: readonly [header: string | undefined, size: number, expected: RangeRequest][] = [
	[undefined, 10, 'whole'],
	['bytes=0-', 10, { first: 0, last: 9 }],
	['bytes=0-0', 10, { first: 0, last: 0 }],
	['bytes=2-5', 10, { first: 2, last: 5 }],
	['bytes=9-99', 10, { first: 9, last: 9 }],
	['Bytes=2-5', 10, { first: 2, last: 5 }],
	['bytes=-3', 10, { first: 7, last: 9 }],
	['bytes=-99', 10, { first: 0, last: 9 }],
	['bytes=-0', 10, 'unsatisfiable'],
	['bytes=-5', 0, 'unsatisfiable'],
	['bytes=10-', 10, 'unsatisfiable'],
	['bytes=0-', 0, 'unsatisfiable'],
	[`bytes=${'9'.repeat(40)}-`, 10, 'unsatisfiable'],
	[`bytes=1-${'9'.repeat(40)}`, 10, { first: 1, last: 9 }],
	['bytes=5-2', 10, 'whole'],
	['bytes=-', 10, 'whole'],
	['bytes=0-1,4-5', 10, 'whole'],
	['lines=0-1', 10, 'whole'],
	['bytes=a-b', 10, 'whole'],
	['bytes=-1-2', 10, 'whole'],
	['bytes=0x1-2', 10, 'whole'],
];

for (const [header, size, expected] of cases) {
	test(`of ${size} bytes "${header}" is ${JSON.stringify(expected)}`, (t) => {
		t.deepEqual(parseRange(header, size), expected);
	});
}

test('whatever the header, a range lies inside the resource', (t) => {
	const anyHeader = fc.oneof(
		fc.string().map((text) => `bytes=${text}`),
		fc.tuple(fc.nat(), fc.nat()).map(([from, to]) => `bytes=${from}-${to}`),
		fc.nat().map((length) => `bytes=-${length}`),
	);
	fc.assert(
		fc.property(anyHeader, fc.nat(), (header, size) => {
			const range = parseRange(header, size);
			return (
				typeof range === 'string' || (0 <= range.first && range.first <= range.last && range.last < size)
			);
		}),
	);
	t.pass();
});
