import test from 'ava';
import fc from 'fast-check';
import { TokenBucket } from './token-bucket.ts';

const burstBytes = 3000;
const anyRate = fc.double({ min: 1, max: 100_000, noNaN: true });
const anySteps = fc.array(
	fc.record({ bytes: fc.integer({ min: 0, max: burstBytes }), gapUs: fc.integer({ min: 0, max: 50_000 }) }),
	{ maxLength: 60 },
);

test('over any stretch of time no more than the burst and the rate has gone', (t) => {
	fc.assert(
		fc.property(anyRate, anySteps, (rateKbps, steps) => {
			let nowUs = 1000;
			const bucket = new TokenBucket({ rateKbps, burstBytes, nowUs });
			const taken: { bytes: number; atUs: number }[] = [];
			for (const { bytes, gapUs } of steps) {
				if (bucket.take(bytes, nowUs) === 0) taken.push({ bytes, atUs: nowUs });
				nowUs += gapUs;
			}
			return taken.every(({ atUs: start }, from) => {
				let bytes = 0;
				return taken.slice(from).every((last) => {
					bytes += last.bytes;
					return bytes <= burstBytes + ((last.atUs - start) * rateKbps) / 8000 + 1e-6;
				});
			});
		}),
	);
	t.pass();
});

test('who waits as long as told may go, so the rate is also reached', (t) => {
	fc.assert(
		fc.property(anyRate, anySteps, (rateKbps, steps) => {
			const startUs = 1000;
			let nowUs = startUs;
			let sent = 0;
			const bucket = new TokenBucket({ rateKbps, burstBytes, nowUs });
			for (const { bytes } of steps) {
				// A second answer above 0 can only come from rounding and is at most a microsecond or two.
				for (let waits = 0; ; waits++) {
					const waitUs = bucket.take(bytes, nowUs);
					if (waitUs === 0) break;
					if (waits > 0 && waitUs > 2) return false;
					nowUs += waitUs;
				}
				sent += bytes;
			}
			const neededUs = (Math.max(0, sent - burstBytes) * 8000) / rateKbps;
			return nowUs - startUs <= neededUs + 4 * steps.length + 1;
		}),
	);
	t.pass();
});

test('a clock that stands still or goes back earns nothing', (t) => {
	const bucket = new TokenBucket({ rateKbps: 8, burstBytes: 10, nowUs: 1000 });
	t.is(bucket.take(10, 1000), 0);

	t.is(bucket.take(1, 1000), 1000);
	t.is(bucket.take(1, 500), 1000);
});

test('more than a burst at once is a bug and says so', (t) => {
	const bucket = new TokenBucket({ rateKbps: 8, burstBytes: 10, nowUs: 0 });

	t.throws(() => bucket.take(11, 0), { instanceOf: RangeError });
});
