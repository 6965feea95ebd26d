// What a box believes of this repository, whatever happens to either.
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { BaseFetcher, Updater } from 'tuf-js';
import { DownloadHTTPError } from 'tuf-js/dist/error.js';
import { MemoryRangeReader } from '../../../firmware/update/memory-range-reader.ts';
import { Trust } from '../../../firmware/update/trust.ts';
import { MemoryDirectory } from '../../../runtime/memory-directory.ts';
import { PowerCut } from '../../../runtime/memory-disk.ts';
import { Repository } from './repository.ts';
import { published, startBox, versions } from './trusting-box.ts';

const DAY_MS = 86_400_000;

test('a box finds targets by path and by what is said of them, now and after a restart', async (t) => {
	const { trust, add, publish, open, reader } = await startBox(t);
	await add(2);
	await publish();
	await trust.refresh();
	const requests = reader.requests.length;

	for (const box of [trust, await open()]) {
		t.like(box.target('modules/a-2.wasm'), { length: 1, custom: { version: 2 } });
		const file = box.target('modules/a-2.wasm')?.file ?? '';
		t.deepEqual(reader.files.get(file), Buffer.of(2));
		t.deepEqual(
			box.find((custom) => custom['version'] === 1).map((target) => target.path),
			['modules/a-1.wasm'],
		);
		t.is(box.target('modules/a-3.wasm'), undefined);
		t.is(box.target('constructor'), undefined);
		t.is(box.target('__proto__'), undefined);
	}
	t.is(reader.requests.length, requests, 'a restart asks nobody');
});

test('a box that knows nothing yet says so', async (t) => {
	const { open } = await startBox(t);
	const trust = await open(new MemoryDirectory());

	t.throws(() => trust.target('modules/a-1.wasm'), { code: 'metadata-missing' });
	t.throws(() => trust.find(() => true), { code: 'metadata-missing' });
});

test('a refresh that finds nothing new reads one root, one timestamp and writes nothing', async (t) => {
	const { reader, box, open } = await startBox(t);
	const trust = await open();
	const { steps } = box.disk;
	reader.requests.length = 0;

	await trust.refresh();

	t.deepEqual(
		reader.requests.map((request) => request.path),
		['metadata/2.root.json', 'metadata/timestamp.json'],
	);
	t.is(box.disk.steps, steps);
});

test('a repository that stands still is `metadata-expired`, and so is what the box knew of it', async (t) => {
	const { trust, clock, repository, publish } = await startBox(t);
	clock.advance(DAY_MS);

	await t.throwsAsync(trust.refresh(), { code: 'metadata-expired' });
	t.throws(() => trust.target('modules/a-1.wasm'), { code: 'metadata-expired' });

	await repository.renew();
	await publish();
	await trust.refresh();
	t.deepEqual(versions(trust), [1]);
});

test('metadata that expired before it came is `metadata-expired`', async (t) => {
	const { trust, add, clock, publish } = await startBox(t);
	await add(2);
	await publish();
	clock.advance(DAY_MS);

	await t.throwsAsync(trust.refresh(), { code: 'metadata-expired' });
});

for (const role of ['root', 'targets', 'snapshot', 'timestamp'] as const) {
	test(`a ${role} that has expired is \`metadata-expired\`, however fresh the others are`, async (t) => {
		const { directory, clock } = await startBox(t);
		const other = `${directory}-${role}`;
		t.teardown(() => rm(other, { recursive: true, force: true }));
		const repository = await Repository.create({ directory: other, clock, lifetimesMs: { [role]: 60_000 } });
		const reader = new MemoryRangeReader(await published(repository));
		const rootJson = await repository.rootJson();
		const open = (): Promise<Trust> =>
			Trust.open({ directory: new MemoryDirectory(), rootJson, reader, clock });

		clock.advance(59_999);
		const trust = await open();
		await trust.refresh();
		t.deepEqual(versions(trust), []);
		clock.advance(1);

		t.throws(() => versions(trust), { code: 'metadata-expired' });
		await t.throwsAsync((await open()).refresh(), { code: 'metadata-expired' });
	});
}

test('every key may be rotated, one after the other, and boxes old and new follow', async (t) => {
	const { trust, repository, add, publish, open } = await startBox(t);
	for (const role of ['root', 'targets', 'snapshot', 'timestamp', 'root'] as const)
		await repository.rotate(role);
	await add(2);
	await publish();

	await trust.refresh();
	const newcomer = await open(new MemoryDirectory());
	await newcomer.refresh();

	t.deepEqual(versions(trust), [1, 2]);
	t.deepEqual(versions(newcomer), [1, 2]);
});

test('metadata signed by keys that were rotated away is refused, and so is what the box knew from them', async (t) => {
	const { trust, repository, reader, open } = await startBox(t);
	const old = reader.files;
	await repository.rotate('targets');
	const rotated = await published(repository);
	reader.files = new Map([
		...old,
		['metadata/2.root.json', rotated.get('metadata/2.root.json') ?? new Uint8Array()],
	]);

	await t.throwsAsync(trust.refresh(), { code: 'metadata-signature' });

	t.throws(() => trust.find(() => true), { code: 'metadata-missing' });
	reader.files = rotated;
	await trust.refresh();
	t.deepEqual(versions(await open()), [1]);
});

test('after its keys were rotated a repository may go back in versions: a box is not stuck with a stolen future', async (t) => {
	const { trust, directory, clock, add, publish, reader } = await startBox(t);
	const backup = `${directory}-backup`;
	t.teardown(() => rm(backup, { recursive: true, force: true }));
	await cp(directory, backup, { recursive: true });
	for (let version = 2; version < 6; version++) await add(version);
	await publish();
	await trust.refresh();

	const restored = await Repository.open({ directory: backup, clock });
	await restored.rotate('timestamp');
	await restored.rotate('snapshot');
	reader.files = await published(restored);
	await trust.refresh();

	t.deepEqual(versions(trust), [1]);
});

test('a box that is made with another root trusts that one and no other', async (t) => {
	const { box, clock } = await startBox(t);
	const other = await startBox(t);

	const trust = await Trust.open({ directory: box, rootJson: other.rootJson, reader: other.reader, clock });

	t.throws(() => trust.find(() => true), { code: 'metadata-missing' });
	await trust.refresh();
	t.deepEqual(versions(trust), [1]);
});

test('a box made with a root that is none does not start', async (t) => {
	const { rootJson } = await startBox(t);
	const options = { directory: new MemoryDirectory(), reader: new MemoryRangeReader() };

	await t.throwsAsync(Trust.open({ ...options, rootJson: rootJson.slice(1) }), {
		code: 'metadata-malformed',
	});
	const unsigned = new TextDecoder().decode(rootJson).replace('"version":1', '"version":2');
	await t.throwsAsync(Trust.open({ ...options, rootJson: new TextEncoder().encode(unsigned) }), {
		code: 'metadata-signature',
	});
});

test('a cut at any step of a refresh leaves the box with the metadata of before or after', async (t) => {
	const { box, add, repository, publish, open } = await startBox(t);
	const before = (await box.read('trust')) ?? new Uint8Array();
	await repository.rotate('root');
	await add(2);
	await publish();
	let isDone = false;
	for (let steps = 0; !isDone; steps++) {
		const directory = new MemoryDirectory();
		await directory.write('trust', before);
		const trust = await open(directory);
		directory.disk.cutAfter(steps);
		isDone = await trust.refresh().then(
			() => true,
			(error) => {
				t.true(error instanceof PowerCut);
				return false;
			},
		);

		const after = await open(await directory.restart());

		t.deepEqual(versions(after), isDone ? [1, 2] : versions(after).length === 2 ? [1, 2] : [1]);
		await after.refresh();
		t.deepEqual(versions(after), [1, 2]);
	}
});

test('a disk that is full fails the refresh and leaves what was known', async (t) => {
	const { box, trust, add, publish, open } = await startBox(t);
	await add(2);
	await publish();
	box.disk.failAfter(0, 'disk-full');

	await t.throwsAsync(trust.refresh(), { code: 'disk-full' });

	t.deepEqual(versions(trust), [1]);
	t.deepEqual(versions(await open()), [1]);
	await trust.refresh();
	t.deepEqual(versions(trust), [1, 2]);
});

test('a reader that stalls is given up by the signal, and the next refresh is not held up', async (t) => {
	const { reader, trust } = await startBox(t);
	const stop = new AbortController();
	const { promise: asked, resolve } = Promise.withResolvers<void>();
	reader.answer = ({ signal }) =>
		new Promise((_resolve, reject) => {
			signal?.addEventListener('abort', () => reject(signal.reason));
			resolve();
		});
	const stalled = trust.refresh(stop.signal);
	await asked;
	reader.answer = async (_request, answer) => answer;
	const next = trust.refresh();

	stop.abort(new Error('given up'));

	await t.throwsAsync(stalled, { message: 'given up' });
	await next;
	t.deepEqual(versions(trust), [1]);
});

test('metadata longer than one answer is put together from several', async (t) => {
	const { repository, reader, publish, trust } = await startBox(t);
	await repository.addTarget({
		path: 'large',
		bytes: Uint8Array.of(1),
		custom: { text: 'x'.repeat(100_000) },
	});
	await publish();
	reader.answer = async (request, truth) =>
		truth && { ...truth, data: truth.data.slice(0, Math.min(request.length, 10_001)) };

	await trust.refresh();

	t.is(String(trust.target('large')?.custom['text']).length, 100_000);
});

test("tuf-js's own client believes this repository too", async (t) => {
	// That one reads the system's clock.
	const { repository, add, rootJson } = await startBox(t, Date.now() * 1000);
	await repository.rotate('snapshot');
	await repository.rotate('root');
	await add(2);
	await repository.renew();
	const files = await published(repository);
	const metadataDir = await mkdtemp(join(tmpdir(), 'mullion-tuf-'));
	t.teardown(() => rm(metadataDir, { recursive: true, force: true }));
	await writeFile(join(metadataDir, 'root.json'), rootJson);
	class Fetcher extends BaseFetcher {
		override async fetch(url: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
			const file = files.get(new URL(url).pathname.slice(1));
			if (file === undefined) throw new DownloadHTTPError('not found', 404);
			return new Blob([Uint8Array.from(file)]).stream();
		}
	}
	const updater = new Updater({ metadataDir, metadataBaseUrl: 'http://x/metadata/', fetcher: new Fetcher() });

	await updater.refresh();

	t.like(await updater.getTargetInfo('modules/a-2.wasm'), { length: 1, custom: { version: 2 } });
});
