// A snapshot that is damaged or foreign is not believed: the one before it is used, and the loss is told.
import test from 'ava';
import { KeptCell, probe } from './keeping.fixture.ts';
import { MemoryStorage } from './memory-storage.ts';
import { folderOf } from './vm-key.ts';

const { digest } = probe.component;
const snapshotsOnly = { keep: { mode: 'snapshot', intervalMs: 1000, digest } } as const;
/** So small that every group is followed by a snapshot. */
const eager = { segmentBytes: 1024, keepBytes: 1 };

type Damage = (bytes: Uint8Array) => Uint8Array;

const damages: Record<string, Damage> = {
	truncated: (bytes) => bytes.slice(0, -5),
	'bit-flipped': (bytes) => bytes.with(bytes.length >> 1, (bytes[bytes.length >> 1] as number) ^ 4),
	'of another version of the platform': await ofAnotherVersion().then((bytes) => () => bytes),
};

async function ofAnotherVersion(): Promise<Uint8Array> {
	const cell = new KeptCell();
	cell.storage.platformVersion = '1.3.0';
	await cell.start(1, snapshotsOnly);
	await count(cell);
	await snapshot(cell);
	const [file = ''] = await snapshotsIn(cell).list();
	return (await snapshotsIn(cell).read(file)) ?? new Uint8Array();
}

async function count(cell: KeptCell, orders = 1): Promise<void> {
	for (let left = orders; left > 0; left--) {
		await cell.order({ what: 'count' });
		await cell.write();
	}
}

async function snapshot(cell: KeptCell): Promise<void> {
	cell.clock.advance(1000);
	await cell.write();
}

function snapshotsIn({ storage }: KeptCell) {
	return storage.directory.folder(folderOf({ name: 'probe-1', digest }));
}

async function damage(cell: KeptCell, file: string, how: Damage): Promise<void> {
	const files = snapshotsIn(cell);
	await files.write(file, how((await files.read(file)) ?? new Uint8Array()));
}

const countOf = (cell: KeptCell): number | undefined => cell.words().at(-1)?.count;

for (const [name, how] of Object.entries(damages)) {
	test(`a VM whose newest snapshot is ${name} comes back from the one before, and the loss is told`, async (t) => {
		const cell = new KeptCell();
		await cell.start(1, snapshotsOnly);
		await count(cell);
		await snapshot(cell);
		await count(cell);
		await snapshot(cell);
		await damage(cell, '0000000001.00001.delta', how);

		const again = await cell.cut();
		await again.start(1, snapshotsOnly);
		await count(again);

		t.is(countOf(again), 2);
		t.regex(again.lines().join('\n'), /^state-lost: 0000000001\.00001\.delta: [^\n]+$/);
	});

	test(`a journalled VM whose newest snapshot is ${name} loses nothing, since the journal goes back further`, async (t) => {
		const cell = new KeptCell(new MemoryStorage(eager));
		await cell.start(1);
		await count(cell, 5);
		const newest = (await snapshotsIn(cell).list()).at(-1) ?? '';
		await damage(cell, newest, how);

		const again = await cell.cut();
		await again.start(1);
		await count(again);

		t.is(countOf(again), 6);
		t.regex(again.lines().join('\n'), /^state-lost: \d+\.base: [^\n]+$/);
	});
}

test('a journalled VM none of whose snapshots can be read starts anew, and the loss is told', async (t) => {
	const cell = new KeptCell(new MemoryStorage(eager));
	await cell.start(1);
	await count(cell, 5);
	for (const file of await snapshotsIn(cell).list()) await damage(cell, file, (bytes) => bytes.slice(9));

	const again = await cell.cut();
	await again.start(1);
	await count(again);

	t.is(countOf(again), 1);
	t.regex(again.lines().join('\n'), /^(state-lost: [^\n]+\n?){2,}$/);
	t.deepEqual(again.tags('fault'), []);
});
