import test from 'ava';
import fc from 'fast-check';
import { startHarness } from './harness.ts';

test('frame n is due at the start plus the exact sum of the durations before it, rounded down', async (t) => {
	const harness = await startHarness();
	const start = 1_700_000_000_000_000n;
	fc.assert(
		fc.property(
			fc.constantFrom(8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000),
			fc.constantFrom(384, 576, 1152),
			fc.integer({ min: 1, max: 3_000 }),
			(rate, samples, frames) => {
				harness.call('paceReset', start);
				for (let i = 1n; i <= frames; i++) {
					const before = harness.callWide('paceNextAt');
					const duration = BigInt(harness.call('paceAdvance', samples, rate));
					const exact = start + (i * BigInt(samples) * 1_000_000n) / BigInt(rate);
					if (harness.callWide('paceNextAt') !== exact || before + duration !== exact) {
						t.fail(`frame ${i} at ${rate} Hz`);
					}
				}
			},
		),
		{ numRuns: 40 },
	);
	t.pass();
});

test('a change of sample rate keeps the fraction of a microsecond', async (t) => {
	const harness = await startHarness();
	harness.call('paceReset', 0n);
	harness.call('paceAdvance', 1152, 44_100);
	const fraction = harness.call('paceRemainder') / 44_100;
	harness.call('paceAdvance', 1152, 48_000);
	t.true(Math.abs(harness.call('paceRemainder') / 48_000 - fraction) <= 1 / 48_000);
	t.is(harness.callWide('paceNextAt'), 26_122n + 24_000n);
});
