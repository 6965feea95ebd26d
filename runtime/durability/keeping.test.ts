import test from 'ava';
import { KeptCell, probe } from './keeping.fixture.ts';

const counts = (cell: KeptCell): number[] => cell.words().map(({ count }) => count);

test('a journalled VM is after a power cut exactly where it was', async (t) => {
	const cell = new KeptCell();
	await cell.start(1);
	for (let left = 3; left > 0; left--) await cell.order({ what: 'count' });
	await cell.write();
	t.deepEqual(counts(cell), [1, 2, 3]);

	const again = await cell.cut();
	await again.start(1);
	await again.order({ what: 'count' });
	await again.write();
	t.is(counts(again).at(-1), 4);
	t.deepEqual(again.tags('log'), []);
});

test('nothing leaves a journalled VM before it is durable, and what never left never happened', async (t) => {
	const cell = new KeptCell();
	await cell.start(1);
	cell.storage.files.stall();
	await cell.order({ what: 'count' });
	await cell.write();
	t.deepEqual(counts(cell), []);

	const again = await cell.cut();
	await again.start(1);
	await again.order({ what: 'count' });
	await again.write();
	t.deepEqual(counts(again), [1]);
});

test('what is said again after a power cut carries the identity it had', async (t) => {
	const ids = (cell: KeptCell) =>
		cell.said.flatMap((r) => (r.tag === 'published' ? [JSON.stringify(r.id)] : []));
	const cell = new KeptCell();
	await cell.start(1);
	await cell.order({ what: 'count' });
	await cell.write();

	const again = await cell.cut();
	await again.start(1);
	t.deepEqual(ids(again), ids(cell));
});

test('a journalled VM that traps goes on where it was before that turn', async (t) => {
	const cell = new KeptCell();
	await cell.start(1);
	await cell.order({ what: 'count' });
	await cell.order({ what: 'trap' });
	await cell.write();
	t.is(cell.tags('fault').length, 1);
	await cell.start(1);
	t.is(cell.tags('fault').length, 2);
	await cell.start(1);
	t.is(cell.tags('set-aside').length, 1);
	await cell.order({ what: 'count' });
	await cell.write();
	t.deepEqual(counts(cell), [1, 2]);
});

test('a journalled VM whose replay says something else starts anew, and those outside are told why', async (t) => {
	const started = (count: number) => ({ config: probe.order({ what: 'flood', count }) });
	const cell = new KeptCell();
	await cell.start(1, started(1));
	await cell.order({ what: 'count' });
	await cell.write();

	const again = await cell.cut();
	await again.start(1, started(2));
	await again.order({ what: 'count' });
	await again.write();
	const lines = again.said.flatMap((report) => (report.tag === 'log' ? [report.line.text] : []));
	t.is(lines.length, 1);
	t.regex(lines[0] ?? '', /^replay-differs: other effects in turn \d+; it starts anew$/);
	t.is(counts(again).at(-1), 1);
});

test('timers of a journalled VM go on after a power cut, and those past due fire at once', async (t) => {
	const cell = new KeptCell();
	await cell.start(1);
	await cell.order({ what: 'after', count: 50, text: 'soon' });
	await cell.order({ what: 'after', count: 5000, text: 'late' });
	await cell.order({ what: 'count' });
	await cell.write();

	const again = await cell.cut();
	await again.start(1);
	await again.write();
	await again.write();
	t.deepEqual(
		again
			.words()
			.map(({ text }) => text)
			.filter((text) => text !== 'orders'),
		['timer soon'],
	);
	again.clock.advance(5000);
	await again.write();
	t.deepEqual(
		again
			.words()
			.map(({ text }) => text)
			.filter((text) => text !== 'orders'),
		['timer soon', 'timer late'],
	);
});

test('what waits for a VM when its cell is closed is there when it is opened again', async (t) => {
	const cell = new KeptCell();
	await cell.start(1);
	await cell.order({ what: 'chain', count: 4 });
	cell.post({ tag: 'publish', topic: 'probe.order', sender: 0, payload: probe.order({ what: 'count' }) });
	cell.post({ tag: 'close' });
	await cell.write();
	t.is(cell.tags('closed').length, 1);

	const again = new KeptCell(cell.storage, cell.clock);
	await again.start(1);
	await again.write();
	t.is(again.words().findLast(({ text }) => text === 'orders')?.count, 6);
});

test('a cell that is told twice to close says so only once all has left it', async (t) => {
	const cell = new KeptCell();
	await cell.start(1);
	cell.storage.files.stall();
	await cell.order({ what: 'count' });
	cell.post({ tag: 'close' });
	cell.post({ tag: 'close' });
	await cell.write();
	t.deepEqual(cell.tags('closed'), []);

	cell.storage.files.resume();
	await cell.write();
	t.deepEqual(counts(cell), [1]);
	t.true(cell.tags('closed').length > 0);
});

test('a kept VM that sleeps is after a power cut where it was when it fell asleep', async (t) => {
	for (const mode of ['journal', 'snapshot'] as const) {
		const keep = { mode, intervalMs: 10, digest: probe.component.digest };
		const cell = new KeptCell();
		await cell.start(1, { keep });
		await cell.order({ what: 'count' });
		// Its snapshot comes first, its sleep after it.
		for (let left = 4; left > 0; left--) {
			cell.clock.advance(60);
			await cell.write();
		}
		t.is(cell.tags('slept').length, 1, mode);

		const again = await cell.cut();
		await again.start(1, { keep });
		await again.order({ what: 'count' });
		await again.write();
		t.is(counts(again).at(-1), 2, mode);
	}
});

test('a VM that keeps snapshots comes back from the last one', async (t) => {
	const keep = { mode: 'snapshot', intervalMs: 1000, digest: probe.component.digest } as const;
	const cell = new KeptCell();
	await cell.start(1, { keep });
	await cell.order({ what: 'count' });
	cell.clock.advance(1000);
	await cell.write();
	await cell.order({ what: 'count' });
	t.deepEqual(counts(cell), [1, 2]);

	const again = await cell.cut();
	await again.start(1, { keep });
	await again.order({ what: 'count' });
	t.deepEqual(counts(again), [2]);
});

test('what a journalled VM says, one that keeps snapshots hears once', async (t) => {
	const grant = { mayPublish: false, maySubscribe: false, whenFull: 'block' } as const;
	const out = { ...grant, name: 'probe.out', mayPublish: true };
	const keep = { mode: 'snapshot', intervalMs: 1000, digest: probe.component.digest } as const;
	const cell = new KeptCell();
	await cell.start(1, { keep, topics: [out, { ...grant, name: 'chat', maySubscribe: true }] });
	await cell.start(2, {
		topics: [
			out,
			{ ...grant, name: 'chat', mayPublish: true },
			{ ...grant, name: 'probe.order', maySubscribe: true },
		],
	});
	await cell.order({ what: 'flood', count: 3, text: 'chat' });
	await cell.write();

	t.deepEqual(counts(cell), [1, 2, 3]);
});
