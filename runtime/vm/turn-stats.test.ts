import test from 'ava';
import fc from 'fast-check';
import { bucketOf, TurnStats, turnBuckets, upperEndUs } from './turn-stats.ts';

const times = fc.integer({ min: 0, max: 16_000_000 });

test('every time is in the one bucket whose ends it lies between, and at most a quarter below the upper one', (t) => {
	fc.assert(
		fc.property(fc.oneof(times, fc.integer({ min: 0, max: 0xffff_ffff })), (us) => {
			const bucket = bucketOf(us);
			t.true(bucket >= 0 && bucket < turnBuckets);
			t.true(us <= upperEndUs(bucket));
			if (bucket > 0) t.true(us > upperEndUs(bucket - 1));
			if (bucket < turnBuckets - 1) t.true(upperEndUs(bucket) <= us * 1.25 + 1);
		}),
	);
});

test('quantiles are never below the true ones, at most a quarter above them, and in order', (t) => {
	fc.assert(
		fc.property(fc.array(times, { minLength: 1, maxLength: 300 }), (all) => {
			const stats = new TurnStats();
			for (const tookUs of all) stats.turn(1_000_000, { tookUs, events: 2 });
			const sorted = all.toSorted((a, b) => a - b);
			const exact = (share: number) => sorted[Math.max(1, Math.ceil(share * all.length)) - 1] ?? 0;

			const { ever, lately, turns, events, busyUs } = stats.counts(1_000_001);

			t.deepEqual(ever, lately);
			t.is(turns, all.length);
			t.is(events, 2 * all.length);
			t.is(
				busyUs,
				all.reduce((sum, us) => sum + us, 0),
			);
			t.is(ever.maxUs, sorted.at(-1) ?? -1);
			t.true(ever.p50Us >= exact(0.5) && ever.p50Us <= exact(0.5) * 1.25 + 1);
			t.true(ever.p99Us >= exact(0.99) && ever.p99Us <= exact(0.99) * 1.25 + 1);
			t.true(ever.p50Us <= ever.p99Us && ever.p99Us <= ever.maxUs);
		}),
	);
});

test('what is older than the window no longer counts as lately, and what is younger than half of it always does', (t) => {
	const turns = fc.array(fc.record({ afterUs: fc.integer({ min: 0, max: 8_000_000 }), tookUs: times }), {
		minLength: 1,
		maxLength: 60,
	});
	fc.assert(
		fc.property(turns, fc.integer({ min: 0, max: 30_000_000 }), (all, pauseUs) => {
			const stats = new TurnStats();
			let nowUs = 1_700_000_000_000_000;
			const done = all.map(({ afterUs, tookUs }) => {
				nowUs += afterUs;
				stats.turn(nowUs, { tookUs, events: 0 });
				return { atUs: nowUs, tookUs };
			});
			nowUs += pauseUs;

			const { maxUs } = stats.counts(nowUs).lately;

			const within = (us: number) =>
				Math.max(0, ...done.filter(({ atUs }) => nowUs - atUs < us).map(({ tookUs }) => tookUs));
			t.true(maxUs >= within(5_000_000));
			t.true(maxUs <= Math.max(0, ...done.map(({ tookUs }) => tookUs)));
			if (done.every(({ atUs }) => nowUs - atUs > 20_000_000)) t.is(maxUs, 0);
		}),
	);
});

test('late starts are counted with the latest of them', (t) => {
	const stats = new TurnStats();
	for (const us of [100, 900, 300]) stats.late(us);
	t.like(stats.counts(0), { late: 3, latestUs: 900, turns: 0, ever: { maxUs: 0 } });
});
