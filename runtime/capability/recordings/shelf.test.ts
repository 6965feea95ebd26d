import test from 'ava';
import { MemoryRecordingFiles } from './memory-recording-files.ts';
import { makeShelves, sha256 } from './testbed.ts';

const bytes = (length: number, seed = 1): Uint8Array =>
	Uint8Array.from({ length }, (_, at) => (at * 31 + seed) & 0xff);
const limits = { maxBytes: 1_000_000, maxRecordings: 3 };

async function makeShelf(options: Parameters<typeof makeShelves>[0] = {}) {
	const box = makeShelves(options);
	const shelf = await box.shelves.of('recorder');
	shelf.limits = limits;
	return { ...box, shelf };
}

test('a recording is kept whole, with its length, its digest and what was noted of it', async (t) => {
	const { shelf, shelves, files, clock } = await makeShelf();
	const recording = await shelf.begin('news', bytes(4));
	shelf.append('news', 0, bytes(300_000));
	shelf.append('news', 300_000, bytes(10, 2));
	await shelf.finish('news', '');
	const whole = Buffer.concat([bytes(300_000), bytes(10, 2)]);
	const end = { code: '', bytes: 300_010, sha256: sha256(whole), atUs: clock.now() };
	t.deepEqual(recording.end, end);
	t.deepEqual(Buffer.from(await recording.read(0, 400_000)), whole);
	t.deepEqual(await recording.read(299_999, 3), Uint8Array.of(bytes(300_000)[299_999] ?? 0, 2, 33));

	const again = (await makeShelves({ files }).shelves.of('recorder')).get('news');
	t.deepEqual(again.end, end);
	t.deepEqual(again.note, bytes(4));
	t.deepEqual(Buffer.from(await again.read(0, 400_000)), whole);
	await shelves.close();
	t.deepEqual(await files.folder('recorder').list(), [
		{ name: 'news.about', bytes: (await files.folder('recorder').list())[0]?.bytes ?? 0 },
		{ name: 'news.whole', bytes: 300_010 },
	]);
});

test('pieces are written in groups: at once when there is enough, else after a second', async (t) => {
	const { shelf, files, clock } = await makeShelf();
	const recording = await shelf.begin('news', bytes(0));
	const before = files.steps;
	for (let at = 0; at < 100_000; at += 1000) shelf.append('news', at, bytes(1000));
	clock.advance(999);
	await recording.settled();
	t.is(files.steps, before);
	clock.advance(1);
	await recording.settled();
	t.is(recording.bytes, 100_000);
	t.is(files.steps, before + 2);
	for (let at = 100_000; at < 400_000; at += 1000) shelf.append('news', at, bytes(1000));
	await recording.settled();
	t.true(recording.bytes >= 100_000 + 262_144);
	t.is(files.steps, before + 4);
});

test('bytes that are said again are left out, and a gap is refused', async (t) => {
	const { shelf } = await makeShelf();
	const recording = await shelf.begin('news', bytes(0));
	shelf.append('news', 0, bytes(10));
	shelf.append('news', 0, bytes(10));
	shelf.append('news', 5, bytes(10, 1 + 5 * 31));
	t.throws(() => shelf.append('news', 16, bytes(1)), { code: 'recording-misplaced' });
	await recording.finish('');
	t.is(recording.end?.sha256, sha256(bytes(15)));
	t.throws(() => shelf.append('news', 15, bytes(1)), { code: 'recording-over' });
	t.throws(() => shelf.append('film', 0, bytes(1)), { code: 'recording-unknown' });
});

test('more than may wait for the disk is refused, and what waits is kept', async (t) => {
	const { shelf } = await makeShelf();
	shelf.limits = { maxBytes: 10_000_000, maxRecordings: 1 };
	const recording = await shelf.begin('news', bytes(0));
	shelf.append('news', 0, bytes(2_000_000));
	t.throws(() => shelf.append('news', 2_000_000, bytes(200_000)), { code: 'recording-hasty' });
	await recording.settled();
	shelf.append('news', 2_000_000, bytes(200_000));
	await recording.finish('');
	t.is(recording.bytes, 2_200_000);
});

test('names, notes and numbers of recordings have their limits', async (t) => {
	const { shelf } = await makeShelf();
	for (const bad of ['', '.', '../x', 'a.b', 'a/b', '-a', 'ü', 'x'.repeat(65)])
		await t.throwsAsync(shelf.begin(bad, bytes(0)), { code: 'recording-name' }, bad);
	await t.throwsAsync(shelf.begin('a', bytes(4097)), { code: 'recording-note' });
	await Promise.all(['a', 'b', 'c'].map((name) => shelf.begin(name, bytes(0))));
	await t.throwsAsync(shelf.begin('a', bytes(0)), { code: 'recording-there' });
	await t.throwsAsync(shelf.begin('d', bytes(0)), { code: 'recordings-many' });
	await shelf.remove('b');
	await shelf.begin('d', bytes(0));
	t.deepEqual(
		shelf.list().map(({ name }) => name),
		['a', 'c', 'd'],
	);
});

test('what the manifest does not grant ends a recording with what it has', async (t) => {
	const { shelf } = await makeShelf();
	shelf.limits = { maxBytes: 1000, maxRecordings: 3 };
	const recording = await shelf.begin('news', bytes(0));
	shelf.append('news', 0, bytes(900));
	shelf.append('news', 900, bytes(101));
	await recording.settled();
	t.like(recording.end, { code: 'recordings-full', bytes: 900, sha256: sha256(bytes(900)) });
});

test('what the box does not grant to all recordings together ends the one that wants it', async (t) => {
	const { shelf, shelves } = await makeShelf({ mostBytes: 1000 });
	const other = await shelves.of('other');
	other.limits = limits;
	const theirs = await other.begin('theirs', bytes(0));
	other.append('theirs', 0, bytes(600));
	await theirs.finish('');
	const recording = await shelf.begin('news', bytes(0));
	shelf.append('news', 0, bytes(300));
	await recording.flush();
	shelf.append('news', 300, bytes(101));
	await recording.flush();
	t.like(recording.end, { code: 'box-full', bytes: 300, sha256: sha256(bytes(300)) });
});

test('so much of the disk as the box says stays free', async (t) => {
	const { shelf } = await makeShelf({
		files: new MemoryRecordingFiles({ capacity: 10_000 }),
		leaveFreeBytes: 4000,
	});
	const recording = await shelf.begin('news', bytes(0));
	shelf.append('news', 0, bytes(5000));
	await recording.flush();
	shelf.append('news', 5000, bytes(2000));
	await recording.flush();
	t.like(recording.end, { code: 'box-full', bytes: 5000 });
});

test('a disk that fills up or fails ends a recording with what is whole', async (t) => {
	for (const trouble of ['disk-full', 'io'] as const) {
		const { shelf, files } = await makeShelf();
		const recording = await shelf.begin('news', bytes(0));
		shelf.append('news', 0, bytes(5000));
		await recording.flush();
		files.failAfter(0, trouble);
		shelf.append('news', 5000, bytes(2000));
		await recording.flush();
		t.like(recording.end, { code: trouble, bytes: 5000, sha256: sha256(bytes(5000)) });
		t.deepEqual(await recording.read(0, 9000), bytes(5000));
		t.like((await makeShelves({ files }).shelves.of('recorder')).get('news').end, { code: trouble });
	}
});

test('a module has its own recordings only, and they go with it', async (t) => {
	const { shelf, shelves, files } = await makeShelf();
	await shelf.begin('news', bytes(0));
	const other = await shelves.of('other');
	t.deepEqual(other.list(), []);
	t.throws(() => other.get('news'), { code: 'recording-unknown' });
	await shelves.forget('recorder');
	t.deepEqual(shelf.list(), []);
	t.deepEqual(await files.folder('recorder').list(), []);
});

test('what a disk has damaged is there with what is left, and keeps nobody from the others', async (t) => {
	const { shelf, files } = await makeShelf();
	for (const name of ['short', 'odd', 'good']) {
		const recording = await shelf.begin(name, bytes(0));
		shelf.append(name, 0, bytes(1000));
		await recording.finish('');
	}
	const folder = files.folder('recorder');
	await folder.extend('short.whole', 400, bytes(0));
	await folder.replace('odd.about', bytes(20));

	const again = await makeShelves({ files }).shelves.of('recorder');

	t.deepEqual(
		again.list().map(({ name, end }) => [name, end?.code, end?.bytes]),
		[
			['good', '', 1000],
			['odd', 'recording-damaged', 1000],
			['short', 'recording-damaged', 400],
		],
	);
	t.deepEqual(await again.get('odd').read(0, 1000), bytes(1000));
	for (const { name } of again.list()) await again.remove(name);
	t.deepEqual(await folder.list(), []);
});

test('a recording that has not ended cannot be read', async (t) => {
	const { shelf } = await makeShelf();
	const recording = await shelf.begin('news', bytes(0));
	t.throws(() => recording.read(0, 1), { code: 'recording-unfinished' });
});

test('a programme of no bytes is a recording too', async (t) => {
	const { shelf, files } = await makeShelf();
	const recording = await shelf.begin('news', bytes(0));
	await recording.finish('');
	t.like(recording.end, { code: '', bytes: 0, sha256: sha256(bytes(0)) });
	t.like((await makeShelves({ files }).shelves.of('recorder')).get('news').end, { bytes: 0 });
});
