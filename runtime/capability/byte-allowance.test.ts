import test from 'ava';
import fc from 'fast-check';
import { ByteAllowance } from './byte-allowance.ts';

const hourUs = 3_600_000_000;

test('what a day allows may pass at once, and then what a day brings back', (t) => {
	const allowance = new ByteAllowance(2400, 0);
	t.true(allowance.take(2400, 0));
	t.true(allowance.isSpent(0));
	t.false(allowance.take(1, 0));
	t.false(allowance.isSpent(hourUs));
	t.true(allowance.take(99, hourUs));
	t.false(allowance.take(1, hourUs));
});

test('without a bound there is none', (t) => {
	const allowance = new ByteAllowance(Infinity, 0);
	t.true(allowance.take(1e15, 0));
	t.false(allowance.isSpent(1));
});

test('over any number of days no more passes than they allow, one more day at the beginning, and what was on its way', (t) => {
	const step = fc.record({
		bytes: fc.integer({ min: 1, max: 500 }),
		pauseUs: fc.integer({ min: 0, max: hourUs }),
	});
	fc.assert(
		fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
			const allowance = new ByteAllowance(1000, 0);
			let now = 0;
			let passed = 0;
			for (const { bytes, pauseUs } of steps) {
				now += pauseUs;
				if (allowance.isSpent(now)) continue;
				allowance.take(bytes, now);
				passed += bytes;
			}
			return passed <= 1000 + (now / (24 * hourUs)) * 1000 + 500;
		}),
	);
	t.pass();
});
