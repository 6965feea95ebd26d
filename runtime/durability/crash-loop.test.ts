import test from 'ava';
import { KeptCell } from './keeping.fixture.ts';
import { MemoryStorage } from './memory-storage.ts';

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
