// A journal that is damaged, missing or foreign: what was kept before is used, and the loss is told.
import { crc32 } from 'node:zlib';
import test from 'ava';
import { decodeHeader, encodeHeader, formatVersion } from '../journal/segment-header.ts';
import { KeptCell, probe } from './keeping.fixture.ts';
import { MemoryStorage } from './memory-storage.ts';
import { folderOf } from './vm-key.ts';

const segment = '0000000000000001.segment';
/** So small that every group is followed by a snapshot. */
const eager = { segmentBytes: 1024, keepBytes: 1 };

/** A VM that has counted to 3. */
async function counted(limits: ConstructorParameters<typeof MemoryStorage>[0] = {}): Promise<KeptCell> {
	const cell = new KeptCell(new MemoryStorage(limits));
	await cell.start(1);
	for (let left = 3; left > 0; left--) await count(cell);
	return cell;
}

async function count(cell: KeptCell): Promise<void> {
	await cell.order({ what: 'count' });
	await cell.write();
}

/** What it counts to when it has come back after a cut, and what was told of it. */
async function comesBack(cell: KeptCell) {
	const again = await cell.cut();
	await again.start(1);
	await count(again);
	return { again, count: again.words().at(-1)?.count, told: again.lines().join('\n') };
}

test('a VM goes back to what it was before the damage to its journal, and the loss is told', async (t) => {
	const cell = await counted();
	cell.storage.files.flip(segment, cell.storage.files.bytesOf(segment).length * 4);
	const { again, count: reached, told } = await comesBack(cell);
	t.true((reached ?? 0) <= 3);
	t.regex(told, /^\d+ bytes of 0{15}1\.segment in the journal cannot be read: \d+ records are missing$/m);
	t.regex(told, /state-lost: the journal is damaged; what it did last never happened$/);

	const once = await again.cut();
	await once.start(1);
	await count(once);
	t.is(once.words().at(-1)?.count, (reached ?? 0) + 1);
	t.notRegex(once.lines().join(), /state-lost/);
});

test('a VM that fails after damage to its journal goes on where it was before that turn', async (t) => {
	const cell = await counted();
	cell.storage.files.flip(segment, cell.storage.files.bytesOf(segment).length * 4);
	const { again, count: reached = 0 } = await comesBack(cell);
	const told = again.lines().length;
	await again.order({ what: 'trap' });
	await again.write();
	for (let left = 2; left > 0; left--) await again.start(1);
	await count(again);
	t.is(again.words().at(-1)?.count, reached + 1);
	t.is(again.lines().length, told);
});

test('a snapshot that is damaged is told of also where the journal is', async (t) => {
	const cell = await counted(eager);
	const { directory, files } = cell.storage;
	const snapshots = directory.folder(folderOf({ name: 'probe-1', digest: probe.component.digest }));
	const newest = (await snapshots.list()).at(-1) ?? '';
	await snapshots.write(newest, Uint8Array.of(1, 2, 3));
	const last = (await files.list()).at(-1) ?? '';
	files.put(last, files.bytesOf(last).slice(0, -5));
	const { told } = await comesBack(cell);
	t.regex(told, /cannot be read: .* or its end is damaged$/m);
	t.true(told.includes(`state-lost: ${newest}: `), told);
});

test('what a VM does after damage to its journal is taken for no repeat of what it did before', async (t) => {
	const ids = (cell: KeptCell) =>
		cell.said.flatMap((report) => (report.tag === 'published' ? [JSON.stringify(report.id)] : []));
	const cell = await counted();
	cell.storage.files.flip(segment, cell.storage.files.bytesOf(segment).length * 4);
	const { again } = await comesBack(cell);
	t.false(ids(cell).includes(ids(again).at(-1) ?? ''));
});

test('an end of the journal that cannot be read is told, since it may be a loss', async (t) => {
	const cell = await counted();
	const { files } = cell.storage;
	files.put(segment, files.bytesOf(segment).slice(0, -5));
	const { count: reached, told } = await comesBack(cell);
	t.is(reached, 3);
	t.regex(told, /^\d+ bytes of 0{15}1\.segment in the journal cannot be read: .* or its end is damaged$/);
});

test('a journal that is gone is a loss, and the VM goes on from its snapshot', async (t) => {
	const cell = await counted(eager);
	const { files } = cell.storage;
	for (const name of await files.list()) await files.remove(name);
	const { again, count: reached, told } = await comesBack(cell);
	t.is(reached, 4);
	t.is(told, 'state-lost: the journal is not there; what it did last never happened');

	const once = await again.cut();
	await once.start(1);
	await count(once);
	t.is(once.words().at(-1)?.count, 5);
	t.deepEqual(once.lines(), []);
});

test('a journal of another cell is set aside, the loss is told, and the VM goes on from its snapshot', async (t) => {
	const cell = await counted(eager);
	cell.storage.cell = 'authorized';
	const { again, count: reached, told } = await comesBack(cell);
	t.is(reached, 4);
	t.regex(told, /^state-lost: other-cell: [^\n]+; it is set aside$/m);
	t.true((await again.storage.files.list()).some((name) => name.endsWith('.segment.foreign')));
	t.deepEqual(again.tags('fault'), []);
});

test('a journal of another format is set aside, and a VM that has nothing else starts anew', async (t) => {
	const cell = await counted();
	const { files } = cell.storage;
	const bytes = files.bytesOf(segment);
	const decoded = decodeHeader(bytes, crc32);
	if (decoded === undefined) return t.fail();
	const head = encodeHeader({ ...decoded.header, version: formatVersion + 1 }, crc32);
	const foreign = Uint8Array.of(...head, ...bytes.subarray(decoded.end));
	files.put(segment, foreign);

	const { again, count: reached, told } = await comesBack(cell);
	t.is(reached, 1);
	t.regex(told, /^state-lost: format-unknown: [^\n]+; it is set aside$/);
	t.deepEqual(again.storage.files.bytesOf(`${segment}.foreign`), foreign);
	t.deepEqual(again.tags('fault'), []);
});
