// A VM that is stopped in order, alone or with its box, is started again as what it was, whatever it was doing.
import test from 'ava';
import { ManualClock } from '../manual-clock.ts';
import type { VmSpec } from '../vm/cell-protocol.ts';
import { KeptCell, probe, specOf } from './keeping.fixture.ts';
import { MemoryStorage } from './memory-storage.ts';
import { folderOf } from './vm-key.ts';

const digest = probe.component.digest;
/** Long before it is written by itself. */
const bySnapshots = { keep: { mode: 'snapshot', intervalMs: 60_000, digest } } as const;
const byJournal = { keep: { mode: 'journal', intervalMs: 60_000, digest } } as const;
const isOrders = ({ name }: { readonly name: string }): boolean => name === 'probe.order';

/** On which every look at the clock takes as long as a slice: a call stands still at each chance it has. */
class SlowMachine extends ManualClock {
	isSlow = false;

	override now(): number {
		if (this.isSlow) this.advance(1);
		return super.now();
	}
}

const counts = (cell: KeptCell): number[] =>
	cell.words().flatMap(({ text, count }) => (text === 'orders' ? [count] : []));

async function stop(cell: KeptCell): Promise<void> {
	cell.post({ tag: 'stop', vm: 1 });
	await cell.write();
}

/** Tells the VM, and has it run only once something else is waited for. */
function tell(cell: KeptCell, what: string, count = 0): void {
	const payload = probe.order({ what, count });
	cell.post({ tag: 'publish', topic: 'probe.order', sender: 0, payload });
}

async function countOf(cell: KeptCell): Promise<number | undefined> {
	await cell.order({ what: 'count' });
	await cell.write();
	return counts(cell).at(-1);
}

const files = async ({ storage }: KeptCell): Promise<Map<string, Uint8Array | undefined>> => {
	const folder = storage.directory.folder(folderOf({ name: 'probe-1', digest }));
	const names = await folder.list();
	return new Map(await Promise.all(names.map(async (name) => [name, await folder.read(name)] as const)));
};

test('one that is kept by snapshots goes on where it was stopped, also after a power cut', async (t) => {
	const cell = new KeptCell();
	await cell.start(1, bySnapshots);
	for (let left = 3; left > 0; left--) await cell.order({ what: 'count' });
	await stop(cell);
	t.is(cell.tags('stopped').length, 1);
	await cell.start(1, bySnapshots);
	t.is(await countOf(cell), 4);
	await stop(cell);

	const again = await cell.cut();
	await again.start(1, bySnapshots);
	t.is(await countOf(again), 5);
	t.deepEqual(again.lines(), []);
});

test('one whose state cannot be written is stopped all the same, and the operator is told', async (t) => {
	const cell = new KeptCell();
	await cell.start(1, bySnapshots);
	await countOf(cell);
	cell.storage.directory.disk.cutAfter(0);
	await stop(cell);

	t.regex(cell.lines().join('\n'), /^its state could not be kept: /);
	t.is(cell.tags('stopped').length, 1);
});

for (const [mode, keep] of Object.entries({ bySnapshots, byJournal })) {
	test(`what waits for it when it is stopped is given to it when it is started again: ${mode}`, async (t) => {
		const cell = new KeptCell();
		await cell.start(1, keep);
		await cell.order({ what: 'count' });
		tell(cell, 'count');
		tell(cell, 'count');
		await stop(cell);
		t.deepEqual(counts(cell), [1]);

		await cell.start(1, keep);
		await cell.write();
		t.deepEqual(counts(cell), [1, 2, 3]);
	});

	test(`stopped in the middle of a turn, it has had that turn or is given it again: ${mode}`, async (t) => {
		const clock = new SlowMachine();
		const cell = new KeptCell(new MemoryStorage(), clock);
		await cell.start(1, keep);
		await cell.order({ what: 'count' });
		clock.isSlow = true;
		tell(cell, 'log', 200_000);
		await cell.runOnly(1);
		clock.isSlow = false;
		cell.post({ tag: 'stop', vm: 1 });
		t.deepEqual(cell.tags('stopped'), []);
		await cell.write();
		t.is(cell.tags('stopped').length, 1);

		await cell.start(1, keep);
		t.is(await countOf(cell), 3);
	});
}

test('a turn that does not end in time is undone, and the operator is told', async (t) => {
	const clock = new SlowMachine();
	const cell = new KeptCell(new MemoryStorage(), clock);
	await cell.start(1, bySnapshots);
	await cell.order({ what: 'count' });
	clock.advance(60_000);
	await cell.write();
	clock.isSlow = true;
	tell(cell, 'log', 200_000);
	await cell.runOnly(1);
	clock.isSlow = false;
	cell.post({ tag: 'stop', vm: 1 });
	clock.advance(1000);
	await cell.runOnly(0);
	t.is(cell.tags('stopped').length, 1);
	t.regex(cell.lines().join('\n'), /its state could not be kept: it did not end its turn/);

	await cell.start(1, bySnapshots);
	t.is(await countOf(cell), 2);
});

test('a cell that is closed lets a turn end whose VM is kept by snapshots', async (t) => {
	const clock = new SlowMachine();
	const cell = new KeptCell(new MemoryStorage(), clock);
	await cell.start(1, bySnapshots);
	clock.isSlow = true;
	tell(cell, 'log', 200_000);
	await cell.runOnly(1);
	clock.isSlow = false;
	cell.post({ tag: 'close' });
	await cell.write();
	t.is(cell.tags('closed').length, 1);

	const again = await cell.cut();
	await again.start(1, bySnapshots);
	t.is(await countOf(again), 2);
});

test('of one that is stopped while its state is being written, the newest is kept', async (t) => {
	const cell = new KeptCell();
	await cell.start(1, bySnapshots);
	await cell.order({ what: 'count' });
	cell.clock.advance(60_000);
	// The write has begun and is not done.
	tell(cell, 'count');
	await cell.runOnly(1);
	tell(cell, 'count');
	cell.post({ tag: 'suspend', vm: 1 });
	await stop(cell);

	const again = await cell.cut();
	await again.start(1, bySnapshots);
	await again.write();
	t.deepEqual(counts(again), [3]);
});

test('what waits for one that is suspended is there after the box was stopped in order', async (t) => {
	const cell = new KeptCell();
	await cell.start(1, bySnapshots);
	await cell.order({ what: 'count' });
	cell.post({ tag: 'suspend', vm: 1 });
	await cell.write();
	await cell.order({ what: 'count' });
	t.is(cell.tags('slept').length, 1);
	cell.post({ tag: 'close' });
	await cell.write();
	t.deepEqual(counts(cell), [1]);

	const again = await cell.cut();
	await again.start(1, bySnapshots);
	await again.write();
	t.deepEqual(counts(again), [2]);
});

test('one that is suspended in the middle of a turn is written down once that has ended', async (t) => {
	const clock = new SlowMachine();
	const cell = new KeptCell(new MemoryStorage(), clock);
	await cell.start(1, bySnapshots);
	clock.isSlow = true;
	tell(cell, 'log', 200_000);
	await cell.runOnly(1);
	clock.isSlow = false;
	cell.post({ tag: 'suspend', vm: 1 });
	await cell.write();
	t.is(cell.tags('slept').length, 1);

	const again = await cell.cut();
	await again.start(1, bySnapshots);
	t.is(await countOf(again), 2);
});

test('what has not changed since it was written is not written again when it stops', async (t) => {
	const cell = new KeptCell();
	await cell.start(1, bySnapshots);
	await cell.order({ what: 'count' });
	await stop(cell);
	const before = await files(cell);
	await cell.start(1, bySnapshots);
	await stop(cell);

	t.true(before.size > 0);
	t.deepEqual(await files(cell), before);
});

test('of one that is stopped and removed nothing stays, also after a power cut', async (t) => {
	const cell = new KeptCell();
	await cell.start(1, bySnapshots);
	await countOf(cell);
	await stop(cell);
	cell.post({ tag: 'forget', name: 'probe-1' });
	await cell.write();
	t.is((await files(cell)).size, 0);

	const again = await cell.cut();
	await again.start(1, bySnapshots);
	t.is(await countOf(again), 1);
});

test('messages that found no room yet in a VM that is stopped wait for it too, each once', async (t) => {
	const grant = { mayPublish: false, maySubscribe: false, whenFull: 'block' } as const;
	const out = { ...grant, name: 'probe.out', mayPublish: true };
	const { budget } = specOf(1);
	const narrow: Partial<VmSpec> = {
		...byJournal,
		budget: { ...budget, inboxMessages: 2 },
		topics: [out, { ...grant, name: 'chat', maySubscribe: true }],
	};
	const cell = new KeptCell();
	await cell.start(1, narrow);
	await cell.start(2, {
		...byJournal,
		topics: [out, { ...grant, name: 'chat', mayPublish: true }, specOf(2).topics.find(isOrders) ?? out],
	});
	cell.post({
		tag: 'publish',
		topic: 'probe.order',
		sender: 0,
		payload: probe.order({ what: 'flood', count: 5, text: 'chat' }),
	});
	await cell.runOnly(1);
	await stop(cell);
	t.deepEqual(cell.words(), []);

	await cell.start(1, narrow);
	await cell.write();
	const heard = cell.words().map(({ count }) => count);
	t.deepEqual(heard, [1, 2, 3, 4, 5]);
});
