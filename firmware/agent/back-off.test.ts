import test from 'ava';
import fc from 'fast-check';
import { backOffMs } from './back-off.ts';

test('the wait grows with every failure, starts small and never exceeds ten seconds', (t) => {
	fc.assert(
		fc.property(
			fc.nat(10_000),
			fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
			(failures, random) => {
				const wait = backOffMs(failures, random);
				return wait >= 125 && wait <= 10_000 && backOffMs(failures + 1, random) >= wait;
			},
		),
	);
	t.true(backOffMs(0, 0.999) <= 250);
});
