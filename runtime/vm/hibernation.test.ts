import test from 'ava';
import fc from 'fast-check';
import { allImports, type Order } from '../../modules/probe/testbed.ts';
import { MemoryCode } from '../component/memory-code.ts';
import { prepareComponent } from '../component/prepare.ts';
import { ManualClock } from '../manual-clock.ts';
import { bed, probe } from './cell.fixture.ts';
import type { CellReport } from './cell-protocol.ts';

const sleepAfterMs = 1000;
const sleeps = { sleepAfterMs };
const naps = (reports: readonly CellReport[]): string[] =>
	reports.flatMap(({ tag }) => (tag === 'slept' || tag === 'woke' ? [tag] : []));

test('a VM that has had nothing to do for a while sleeps, and goes on where it was', async (t) => {
	const cell = await bed(t);
	await cell.start(1, sleeps);
	await cell.order({ what: 'count' });
	cell.clock.advance(sleepAfterMs - 1);
	t.deepEqual(naps(await cell.reports()), []);
	cell.clock.advance(1);
	t.deepEqual(naps(await cell.reports()), ['slept']);
	await cell.order({ what: 'count' });
	t.deepEqual(naps(await cell.reports()), ['slept', 'woke']);
	const counts = (await cell.reports()).flatMap((r) =>
		r.tag === 'published' ? [probe.word(r.payload).count] : [],
	);
	t.deepEqual(counts, [1, 2]);
	cell.clock.advance(sleepAfterMs);
	t.deepEqual(naps(await cell.reports()), ['slept', 'woke', 'slept']);
});

test('every turn puts its sleep off', async (t) => {
	const cell = await bed(t);
	await cell.start(1, sleeps);
	cell.clock.advance(sleepAfterMs - 1);
	await cell.order({ what: 'count' });
	cell.clock.advance(sleepAfterMs - 1);
	t.deepEqual(naps(await cell.reports()), []);
	cell.clock.advance(1);
	t.deepEqual(naps(await cell.reports()), ['slept']);
});

test('asleep it takes a few kilobytes', async (t) => {
	const cell = await bed(t);
	const memoryBytes = async (): Promise<number> => {
		await cell.do({ tag: 'count' });
		return (await cell.reports()).findLast((report) => report.tag === 'counts')?.vms[0]?.memoryBytes ?? -1;
	};
	await cell.start(1, sleeps);
	t.true((await memoryBytes()) >= 65_536);
	cell.clock.advance(sleepAfterMs);
	t.true((await memoryBytes()) < 32_768);
});

test('a timer wakes it when it is due', async (t) => {
	const cell = await bed(t);
	await cell.start(1, sleeps);
	await cell.order({ what: 'after', count: 5000, text: 'late' });
	cell.clock.advance(4000);
	t.deepEqual(naps(await cell.reports()), ['slept']);
	cell.clock.advance(1000);
	t.deepEqual(await cell.words(), ['timer late']);
});

test('a request wakes it and is answered', async (t) => {
	const cell = await bed(t);
	await cell.start(1, sleeps);
	cell.clock.advance(sleepAfterMs);
	const payload = probe.order({ what: 'answer' });
	const asked = { topic: 'probe.order', sender: 0, correlation: 7, deadlineMs: 1000, payload };
	await cell.do({ tag: 'request', ...asked });
	const answer = (await cell.reports()).find((report) => report.tag === 'answer');
	t.is(answer?.outcome.tag, 'ok');
});

test('what it has stored is there when it has slept', async (t) => {
	const cell = await bed(t);
	await cell.start(1, sleeps);
	await cell.order({ what: 'put', text: 'key', count: 3 });
	cell.clock.advance(sleepAfterMs);
	await cell.order({ what: 'get', text: 'key' });
	t.deepEqual(await cell.words(), ['something']);
});

test('one that wakes again and again has its code read for its first sleep and its first wake only', async (t) => {
	const store = new MemoryCode();
	const { module, code } = await prepareComponent(probe.built.bytes, { provided: allImports, code: store });
	let reads = 0;
	const reader = {
		read: (key: string) => {
			reads++;
			return store.read(key);
		},
	};
	const cell = await bed(t, new ManualClock(), reader);
	await cell.start(1, { ...sleeps, module, code: code?.key });
	for (const count of [1, 2, 3]) {
		cell.clock.advance(sleepAfterMs);
		await cell.order({ what: 'count' });
		const last = (await cell.reports()).findLast((report) => report.tag === 'published');
		t.is(probe.word(last?.payload ?? new Uint8Array(0)).count, count);
	}
	t.deepEqual(naps(await cell.reports()), ['slept', 'woke', 'slept', 'woke', 'slept', 'woke']);
	t.is(reads, 2);
});

test('one whose code cannot be read when it goes to sleep sleeps and wakes all the same', async (t) => {
	const store = new MemoryCode();
	const { module, code } = await prepareComponent(probe.built.bytes, { provided: allImports, code: store });
	let isBroken = true;
	const reader = {
		read: (key: string) => {
			if (isBroken) throw new Error('the disk is broken');
			return store.read(key);
		},
	};
	const cell = await bed(t, new ManualClock(), reader);
	await cell.start(1, { ...sleeps, module, code: code?.key });
	cell.clock.advance(sleepAfterMs);
	isBroken = false;
	await cell.order({ what: 'count' });
	t.deepEqual(naps(await cell.reports()), ['slept', 'woke']);
});

test('it can be stopped in its sleep, and begins anew when it is started again', async (t) => {
	const cell = await bed(t);
	await cell.start(1, sleeps);
	await cell.order({ what: 'count' });
	cell.clock.advance(sleepAfterMs);
	await cell.do({ tag: 'stop', vm: 1 });
	t.true((await cell.reports()).some((report) => report.tag === 'stopped'));
	await cell.start(1, sleeps);
	await cell.order({ what: 'count' });
	const last = (await cell.reports()).findLast((report) => report.tag === 'published');
	t.is(probe.word(last?.payload ?? new Uint8Array(0)).count, 1);
});

test('one that is recorded stays awake', async (t) => {
	const cell = await bed(t);
	await cell.start(1, { ...sleeps, recording: { id: 1, turns: 100, bytes: 1_000_000 } });
	cell.clock.advance(10 * sleepAfterMs);
	t.deepEqual(naps(await cell.reports()), []);
});

test('a VM that traps after its sleep fails as one that never slept', async (t) => {
	const cell = await bed(t);
	await cell.start(1, sleeps);
	cell.clock.advance(sleepAfterMs);
	await cell.order({ what: 'trap' });
	t.deepEqual(await cell.faults(), ['trapped']);
	// Alone the message ends a second turn, and is set aside.
	for (let left = 2; left > 0; left--) await cell.start(1, sleeps);
	await cell.order({ what: 'count' });
	t.deepEqual(await cell.words(), ['orders']);
});

const anyOrder: fc.Arbitrary<Order> = fc.oneof(
	fc.record({ what: fc.constantFrom('count', 'recurse', 'ask', 'refuse') }),
	fc.record({ what: fc.constant('chain'), count: fc.nat(3) }),
	fc.record({ what: fc.constant('after'), count: fc.nat(5000), text: fc.constantFrom('a', 'b') }),
	fc.record({ what: fc.constant('put'), count: fc.nat(40), text: fc.constantFrom('k', 'l') }),
	fc.record({ what: fc.constant('get'), text: fc.constantFrom('k', 'l') }),
	fc.record({ what: fc.constant('flood'), count: fc.nat(20), text: fc.constant('') }),
);

test('whatever it does, nobody can tell that it sleeps', async (t) => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.tuple(anyOrder, fc.nat(3000)), { minLength: 1, maxLength: 12 }),
			async (steps) => {
				const said: unknown[] = [];
				for (const change of [{}, sleeps]) {
					const cell = await bed(t);
					await cell.start(1, change);
					for (const [order, pauseMs] of steps) {
						await cell.order(order);
						// In steps, as a clock passes: a timer that is late for its sleep is no news of it.
						for (let left = pauseMs; left > 0; left -= 250) {
							cell.clock.advance(Math.min(250, left));
							await cell.reports();
						}
					}
					const words = (await cell.reports()).flatMap((r) =>
						r.tag === 'published' ? [probe.word(r.payload)] : [],
					);
					said.push(words);
				}
				t.deepEqual(said[1], said[0]);
			},
		),
		{ numRuns: 60 },
	);
});
