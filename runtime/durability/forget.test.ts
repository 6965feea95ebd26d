import test from 'ava';
import type { VmSpec } from '../vm/cell-protocol.ts';
import { KeptCell } from './keeping.fixture.ts';
import { MemoryStorage } from './memory-storage.ts';
import { folderOf } from './vm-key.ts';

const eager = { segmentBytes: 1024, keepBytes: 1 };
const before = 'a'.repeat(64);
const running = 'b'.repeat(64);

const version = (digest: string): Partial<VmSpec> => ({
	keep: { mode: 'journal', intervalMs: 1000, digest },
});

async function count(cell: KeptCell): Promise<number | undefined> {
	await cell.order({ what: 'count' });
	await cell.write();
	return cell.words().at(-1)?.count;
}

async function stop(cell: KeptCell): Promise<void> {
	cell.post({ tag: 'stop', vm: 1 });
	await cell.write();
}

/** A VM of which two versions are kept, and the second runs. */
async function updated(): Promise<KeptCell> {
	const cell = new KeptCell(new MemoryStorage(eager));
	for (const digest of [before, running]) {
		await cell.start(1, version(digest));
		for (let left = 3; left > 0; left--) await count(cell);
		if (digest === before) await stop(cell);
	}
	return cell;
}

const snapshotsOf = (cell: KeptCell, digest: string) =>
	cell.storage.directory.folder(folderOf({ name: 'probe-1', digest })).list();

test('a new version starts anew, and a box that goes back finds what the one before knew', async (t) => {
	const cell = await updated();
	t.is(await count(cell), 4);
	await stop(cell);
	await cell.start(1, version(before));
	t.is(await count(cell), 4);
});

test('forgetting removes what is kept of other versions and leaves that of the running one', async (t) => {
	const cell = await updated();
	t.not((await snapshotsOf(cell, before)).length, 0);
	cell.post({ tag: 'forget', name: 'probe-1', butFor: running });
	await cell.write();
	t.is(await count(cell), 4);
	t.deepEqual(await snapshotsOf(cell, before), []);
	t.not((await snapshotsOf(cell, running)).length, 0);

	const again = await cell.cut();
	await again.start(1, version(running));
	t.is(await count(again), 5);
	await stop(again);
	await again.start(1, version(before));
	t.is(await count(again), 1);
	t.deepEqual(again.lines(), []);
});

test('forgetting a VM that is gone leaves nothing of it, also after a power cut', async (t) => {
	const cell = await updated();
	await stop(cell);
	cell.post({ tag: 'forget', name: 'probe-1' });
	await cell.write();
	for (const digest of [before, running]) t.deepEqual(await snapshotsOf(cell, digest), []);

	const again = await cell.cut();
	await again.start(1, version(running));
	t.is(await count(again), 1);
	t.deepEqual(again.lines(), []);
});
