import test from 'ava';
import fc from 'fast-check';
import { SpeedEstimate } from './speed-estimate.ts';

test('nothing is said of the speed before a transfer was big enough to tell', (t) => {
	const speed = new SpeedEstimate();
	t.false(speed.add({ bytes: 500, ms: 300 }));
	t.false(speed.add({ bytes: 20_000, ms: 0 }));
	t.is(speed.kbps(), undefined);
});

test('small transfers, slowed by latency alone, do not spoil the figure', (t) => {
	const speed = new SpeedEstimate();
	speed.add({ bytes: 250_000, ms: 100 });
	for (let i = 0; i < 100; i++) {
		speed.add({ bytes: 800, ms: 200 });
	}
	t.is(speed.kbps(), 20_000);
});

test('a network that became slower is told within a few half-lives', (t) => {
	const speed = new SpeedEstimate({ halfLifeMs: 1000 });
	speed.add({ bytes: 2_500_000, ms: 1000 });
	for (let i = 0; i < 8; i++) {
		speed.add({ bytes: 37_500, ms: 1000 });
	}
	t.true((speed.kbps() ?? 0) < 400);
	t.true((speed.kbps() ?? 0) >= 300);
});

test('the figure lies between the slowest and the fastest transfer that counted', (t) => {
	const transfer = fc.record({
		bytes: fc.integer({ min: 0, max: 1e7 }),
		ms: fc.integer({ min: 0, max: 60_000 }),
	});
	fc.assert(
		fc.property(fc.array(transfer, { minLength: 1 }), (transfers) => {
			const speed = new SpeedEstimate();
			const counted = transfers.filter((one) => speed.add(one)).map(({ bytes, ms }) => (bytes * 8) / ms);
			const kbps = speed.kbps();
			if (counted.length === 0) {
				return kbps === undefined;
			}
			return kbps !== undefined && kbps >= Math.min(...counted) - 1 && kbps <= Math.max(...counted) + 1;
		}),
	);
	t.pass();
});
