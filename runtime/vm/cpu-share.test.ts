import test from 'ava';
import fc from 'fast-check';
import { CpuShare } from './cpu-share.ts';

test('the whole of a core is never held back', (t) => {
	const share = new CpuShare(100, 0);
	share.charge(10_000_000, 5);
	t.is(share.waitMs(5), 0);
});

test('what is not used is kept for a second, and no longer', (t) => {
	const share = new CpuShare(10, 0);
	share.charge(100_000, 3_600_000_000);
	t.is(share.waitMs(3_600_000_000), 0);
	share.charge(1000, 3_600_000_000);
	t.is(share.waitMs(3_600_000_000), 10);
	t.is(share.waitMs(3_600_010_000), 0);
});

test('whoever always wants to run gets its share, wherever slices begin and end', (t) => {
	fc.assert(
		fc.property(
			fc.integer({ min: 1, max: 99 }),
			fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 8 }),
			(percent, slices) => {
				const share = new CpuShare(percent, 0);
				const endUs = 20_000_000;
				let now = 0;
				let used = 0;
				for (let turn = 0; now < endUs; turn++) {
					const waitMs = share.waitMs(now);
					if (waitMs > 0) {
						now += waitMs * 1000;
						continue;
					}
					const slice = slices[turn % slices.length] ?? 1;
					now += slice;
					used += slice;
					share.charge(slice, now);
				}
				// A second's worth may have been saved up at the beginning, and one slice overdrawn at the end.
				const due = (now * percent) / 100;
				return used <= due + (1_000_000 * percent) / 100 + 5000 && used >= due * 0.8;
			},
		),
		{ numRuns: 50 },
	);
	t.pass();
});
