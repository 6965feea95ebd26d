import test from 'ava';
import fc from 'fast-check';
import { faultConfig, faultRules } from './fault-rules.ts';

/** blkdebug's own rule (block/blkdebug.c, rule_check): a request fails if it covers the sector of a rule. */
function fails({ align, rules }: ReturnType<typeof faultRules>, first: number, count: number) {
	const perBlock = align / 512;
	const from = Math.floor(first / perBlock) * perBlock;
	const to = Math.ceil((first + count) / perBlock) * perBlock;
	return rules.some(({ sector }) => sector === undefined || (sector >= from && sector < to));
}

test('a request fails exactly when it touches the range', (t) => {
	const ranges = fc
		.record({
			unit: fc.constantFrom(1, 8, 64, 2048),
			first: fc.nat(50),
			count: fc.integer({ min: 1, max: 2000 }),
		})
		.map(({ unit, first, count }) => ({ firstSector: unit * first, sectors: unit * count }));
	fc.assert(
		fc.property(
			ranges,
			fc.double({ min: -0.5, max: 1.5, noNaN: true }),
			fc.integer({ min: 1, max: 256 }),
			(range, at, count) => {
				const { firstSector, sectors } = range;
				const first = Math.max(0, Math.floor(firstSector + at * sectors));
				const touches = first < firstSector + sectors && first + count > firstSector;
				t.is(fails(faultRules([{ on: 'write', range }]), first, count), touches);
			},
		),
		{ numRuns: 300 },
	);
});

test('a partition of a gigabyte has few rules', (t) => {
	const { align, rules } = faultRules([
		{ on: 'write', range: { firstSector: 2048, sectors: 2 * 1024 * 1024 } },
	]);

	t.is(rules.filter(({ iotype }) => iotype === 'write').length, 4096);
	t.is(align, 256 * 1024);
});

test('a flush and a fault of the whole disk need one rule each', (t) => {
	t.deepEqual(faultRules([{ on: 'flush' }, { on: 'read', isOnce: true }]).rules, [
		{ event: 'none', iotype: 'flush', errno: 5, once: false },
		{ event: 'none', iotype: 'read', errno: 5, once: true },
	]);
});

for (const range of [
	{ firstSector: 1, sectors: 1_000_000 },
	{ firstSector: -8, sectors: 8 },
	{ firstSector: 0, sectors: 0 },
	{ firstSector: 0.5, sectors: 8 },
	{ firstSector: 2 ** 40, sectors: 8 },
]) {
	test(`${JSON.stringify(range)} is a bad-range error`, (t) => {
		t.throws(() => faultRules([{ on: 'write', range }]), { code: 'bad-range' });
	});
}

test('rules are written as blkdebug reads them', (t) => {
	const rules = faultRules([
		{ on: 'read', range: { firstSector: 7, sectors: 1 }, isOnce: true },
		{ on: 'flush' },
	]);

	t.is(
		faultConfig(rules),
		[
			'[inject-error]\nevent = "none"\niotype = "read"\nerrno = "5"\nonce = "on"\nsector = "7"\n',
			'[inject-error]\nevent = "none"\niotype = "flush"\nerrno = "5"\nonce = "off"\n',
		].join(''),
	);
});
