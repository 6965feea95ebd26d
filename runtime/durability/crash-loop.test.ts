import test from 'ava';
import { KeptCell, probe } from './keeping.fixture.ts';
import { MemoryStorage } from './memory-storage.ts';
import { folderOf } from './vm-key.ts';

test('a cell whose lives are too short for two snapshots does not add to its journal for ever', async (t) => {
	let cell = new KeptCell(new MemoryStorage({ segmentBytes: 1024, keepBytes: 2048 }));
	const lives = 60;
	let most = 0;
	for (let life = 1; life <= lives; life++) {
		await cell.start(1);
		await cell.order({ what: 'count' });
		await cell.write();
		t.is(cell.words().at(-1)?.count, life);
		const { files } = cell.storage;
		const names = await files.list();
		most = Math.max(
			most,
			names.reduce((sum, name) => sum + files.bytesOf(name).length, 0),
		);
		cell = await cell.cut();
	}
	t.true(most < 6000, `${most} bytes`);
});

test('a VM that took long to come back has a snapshot soon, so that it does not take longer each time', async (t) => {
	const keep = { mode: 'journal', intervalMs: 60_000, digest: probe.component.digest } as const;
	const snapshotsOf = async (cell: KeptCell): Promise<string[]> =>
		cell.storage.directory.folder(folderOf({ name: 'probe-1', digest: keep.digest })).list();
	const cell = new KeptCell();
	await cell.start(1, { keep });
	// Each link is a turn.
	await cell.order({ what: 'chain', count: 9000 });
	await cell.write();
	t.deepEqual(await snapshotsOf(cell), []);

	const again = await cell.cut();
	await again.start(1, { keep });
	again.clock.advance(50);
	await again.write();
	t.is((await snapshotsOf(again)).length, 1);
});
