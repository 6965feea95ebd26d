// What a box believes of this repository, and of one that lies.
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { BaseFetcher, Updater } from 'tuf-js';
import { DownloadHTTPError } from 'tuf-js/dist/error.js';
import { MemoryRangeReader } from '../../../firmware/update/memory-range-reader.ts';
import { Trust } from '../../../firmware/update/trust.ts';
import { trustErrors } from '../../../firmware/update/trust-error.ts';
import { ManualClock } from '../../../runtime/manual-clock.ts';
import { MemoryDirectory } from '../../../runtime/memory-directory.ts';
import { PowerCut } from '../../../runtime/memory-disk.ts';
import { Repository } from './repository.ts';

const DAY_MS = 86_400_000;
type Files = Map<string, Uint8Array>;

async function published(repository: Repository): Promise<Files> {
	const folder = repository.publicDirectory;
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
	return new Map(
		await Promise.all(
			paths.map(async (path) => [path.slice(folder.length + 1), await readFile(path)] as const),
		),
	);
}

/** A repository with one module, and a box that has seen it. */
async function start(t: ExecutionContext, startUs = 1_800_000_000_000_000) {
	const directory = await mkdtemp(join(tmpdir(), 'mullion-trust-'));
	t.teardown(() => rm(directory, { recursive: true, force: true }));
	const clock = new ManualClock(startUs);
	const repository = await Repository.create({ directory, clock });
	const rootJson = await repository.rootJson();
	const add = (version: number): Promise<void> =>
		repository.addTarget({
			path: `modules/a-${version}.wasm`,
			bytes: Uint8Array.of(version),
			custom: { version },
		});
	await add(1);
	const reader = new MemoryRangeReader(await published(repository));
	const box = new MemoryDirectory();
	const open = (folder = box): Promise<Trust> => Trust.open({ directory: folder, rootJson, reader, clock });
	const trust = await open();
	await trust.refresh();
	const publish = async (): Promise<Files> => (reader.files = await published(repository));
	return { directory, clock, repository, rootJson, add, reader, box, open, trust, publish };
}

const versions = (trust: Trust): unknown[] =>
	trust.find(() => true).map((target) => target.custom['version']);

/** Replaces a file of the repository by what `change` makes of its text. */
function tamper(files: Files, path: string, change: (text: string) => string): void {
	files.set(path, new TextEncoder().encode(change(new TextDecoder().decode(files.get(path)))));
}

test('a box finds targets by path and by what is said of them, now and after a restart', async (t) => {
	const { trust, add, publish, open, reader } = await start(t);
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
	const { open } = await start(t);
	const trust = await open(new MemoryDirectory());

	t.throws(() => trust.target('modules/a-1.wasm'), { code: 'metadata-missing' });
	t.throws(() => trust.find(() => true), { code: 'metadata-missing' });
});

test('a refresh that finds nothing new reads one root, one timestamp and writes nothing', async (t) => {
	const { reader, box, open } = await start(t);
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

const lies: Record<
	string,
	{ code: keyof typeof trustErrors | 'malformed-answer'; lie: (files: Files, old: Files) => void }
> = {
	'a timestamp that was cut off': {
		code: 'metadata-malformed',
		lie: (files) => tamper(files, 'metadata/timestamp.json', (text) => text.slice(0, 100)),
	},
	'a timestamp that is not JSON': {
		code: 'metadata-malformed',
		lie: (files) => tamper(files, 'metadata/timestamp.json', () => '\0\0\0'),
	},
	'a timestamp that is empty': {
		code: 'metadata-malformed',
		lie: (files) => files.set('metadata/timestamp.json', new Uint8Array()),
	},
	'a timestamp nested deeper than any stack': {
		code: 'metadata-malformed',
		lie: (files) => tamper(files, 'metadata/timestamp.json', () => '['.repeat(16_000)),
	},
	'a timestamp of another type': {
		code: 'metadata-malformed',
		lie: (files) =>
			files.set('metadata/timestamp.json', files.get('metadata/3.snapshot.json') ?? new Uint8Array()),
	},
	'a timestamp without signatures': {
		code: 'metadata-signature',
		lie: (files) =>
			tamper(files, 'metadata/timestamp.json', (text) =>
				text.replace(/"signatures":\[[^\]]*\]/, '"signatures":[]'),
			),
	},
	'a timestamp whose content was changed': {
		code: 'metadata-signature',
		lie: (files) =>
			tamper(files, 'metadata/timestamp.json', (text) => text.replace(/"version":3/, '"version":4')),
	},
	'a timestamp that is too large': {
		code: 'metadata-too-large',
		lie: (files) => tamper(files, 'metadata/timestamp.json', (text) => text + ' '.repeat(16_384)),
	},
	'no timestamp': { code: 'metadata-missing', lie: (files) => files.delete('metadata/timestamp.json') },
	'no snapshot': { code: 'metadata-missing', lie: (files) => files.delete('metadata/3.snapshot.json') },
	'no targets': { code: 'metadata-missing', lie: (files) => files.delete('metadata/3.targets.json') },
	'a snapshot that was cut off': {
		code: 'metadata-mismatch',
		lie: (files) => tamper(files, 'metadata/3.snapshot.json', (text) => text.slice(0, -1)),
	},
	'a snapshot longer than announced': {
		code: 'metadata-too-large',
		lie: (files) => tamper(files, 'metadata/3.snapshot.json', (text) => `${text} `),
	},
	'the snapshot of before under the new name': {
		code: 'metadata-mismatch',
		lie: (files, old) =>
			files.set('metadata/3.snapshot.json', old.get('metadata/2.snapshot.json') ?? new Uint8Array()),
	},
	'the targets of before under the new name': {
		code: 'metadata-mismatch',
		lie: (files, old) =>
			files.set('metadata/3.targets.json', old.get('metadata/2.targets.json') ?? new Uint8Array()),
	},
	'targets whose content was changed': {
		code: 'metadata-mismatch',
		lie: (files) =>
			tamper(files, 'metadata/3.targets.json', (text) => text.replace('"length":1', '"length":2')),
	},
	'a root that is nonsense': {
		code: 'metadata-malformed',
		lie: (files) => files.set('metadata/2.root.json', new Uint8Array(100)),
	},
	'the first root again as the second': {
		code: 'metadata-rollback',
		lie: (files, old) =>
			files.set('metadata/2.root.json', old.get('metadata/1.root.json') ?? new Uint8Array()),
	},
	'a root that is too large': {
		code: 'metadata-too-large',
		lie: (files) => files.set('metadata/2.root.json', new Uint8Array(131_073)),
	},
};

for (const [name, { code, lie }] of Object.entries(lies)) {
	test(`${name} is \`${code}\`, the box keeps what it knew and takes the truth when it comes`, async (t) => {
		const { trust, add, publish, reader, open } = await start(t);
		const old = reader.files;
		await add(2);
		const files = await publish();
		const truth = new Map(files);
		lie(files, old);

		await t.throwsAsync(trust.refresh(), { code });

		t.deepEqual(versions(trust), [1]);
		t.deepEqual(versions(await open()), [1]);
		reader.files = truth;
		await trust.refresh();
		t.deepEqual(versions(trust), [1, 2]);
	});
}

test('a repository that goes back to what it was is `metadata-rollback`, also after a restart', async (t) => {
	const { trust, add, publish, reader, open } = await start(t);
	const old = reader.files;
	await add(2);
	await publish();
	await trust.refresh();
	reader.files = old;

	await t.throwsAsync(trust.refresh(), { code: 'metadata-rollback' });
	await t.throwsAsync((await open()).refresh(), { code: 'metadata-rollback' });

	t.deepEqual(versions(trust), [1, 2]);
});

test('a timestamp that was seen once counts, even if what it announced never came', async (t) => {
	const { trust, add, publish, reader, open } = await start(t);
	await add(2);
	const between = await publish();
	await add(3);
	(await publish()).delete('metadata/4.snapshot.json');
	await t.throwsAsync(trust.refresh(), { code: 'metadata-missing' });
	reader.files = between;

	await t.throwsAsync((await open()).refresh(), { code: 'metadata-rollback' });
	t.deepEqual(versions(await open()), [1]);
});

test('a repository that stands still is `metadata-expired`, and so is what the box knew of it', async (t) => {
	const { trust, clock, repository, publish } = await start(t);
	clock.advance(DAY_MS);

	await t.throwsAsync(trust.refresh(), { code: 'metadata-expired' });
	t.throws(() => trust.target('modules/a-1.wasm'), { code: 'metadata-expired' });

	await repository.renew();
	await publish();
	await trust.refresh();
	t.deepEqual(versions(trust), [1]);
});

test('metadata that expired before it came is `metadata-expired`', async (t) => {
	const { trust, add, clock, publish } = await start(t);
	await add(2);
	await publish();
	clock.advance(DAY_MS);

	await t.throwsAsync(trust.refresh(), { code: 'metadata-expired' });
});

for (const role of ['root', 'targets', 'snapshot', 'timestamp'] as const) {
	test(`a ${role} that has expired is \`metadata-expired\`, however fresh the others are`, async (t) => {
		const { directory, clock } = await start(t);
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
	const { trust, repository, add, publish, open } = await start(t);
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

test('a repository with other keys is refused, whatever it offers', async (t) => {
	const { trust, reader } = await start(t);
	const other = await start(t);
	await other.repository.rotate('root');
	const foreign = await published(other.repository);

	reader.files = new Map(foreign);
	await t.throwsAsync(trust.refresh(), { code: 'metadata-signature' });
	reader.files.delete('metadata/2.root.json');
	await t.throwsAsync(trust.refresh(), { code: 'metadata-signature' });

	t.deepEqual(versions(trust), [1]);
});

test('metadata signed by keys that were rotated away is refused, and so is what the box knew from them', async (t) => {
	const { trust, repository, reader, open } = await start(t);
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
	const { trust, directory, clock, add, publish, reader } = await start(t);
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
	const { box, clock } = await start(t);
	const other = await start(t);

	const trust = await Trust.open({ directory: box, rootJson: other.rootJson, reader: other.reader, clock });

	t.throws(() => trust.find(() => true), { code: 'metadata-missing' });
	await trust.refresh();
	t.deepEqual(versions(trust), [1]);
});

test('a box made with a root that is none does not start', async (t) => {
	const { rootJson } = await start(t);
	const options = { directory: new MemoryDirectory(), reader: new MemoryRangeReader() };

	await t.throwsAsync(Trust.open({ ...options, rootJson: rootJson.slice(1) }), {
		code: 'metadata-malformed',
	});
	const unsigned = new TextDecoder().decode(rootJson).replace('"version":1', '"version":2');
	await t.throwsAsync(Trust.open({ ...options, rootJson: new TextEncoder().encode(unsigned) }), {
		code: 'metadata-signature',
	});
});

test('a box whose memory of the repository was damaged starts from its root again', async (t) => {
	const { box, open } = await start(t);
	const file = (await box.read('trust')) ?? new Uint8Array();
	await fc.assert(
		fc.asyncProperty(
			fc.nat(file.length - 1),
			fc.integer({ min: 1, max: 255 }),
			fc.boolean(),
			async (at, flip, cuts) => {
				await box.write(
					'trust',
					cuts ? file.slice(0, at) : file.map((byte, index) => (index === at ? byte ^ flip : byte)),
				);
				const trust = await open();
				await trust.refresh();
				t.deepEqual(versions(trust), [1]);
			},
		),
		{ numRuns: 60 },
	);
});

test('whatever byte of whatever file is changed, a box fails with a code or believes the same as without', async (t) => {
	const { add, publish, box, open, reader } = await start(t);
	const before = (await box.read('trust')) ?? new Uint8Array();
	await add(2);
	const truth = new Map(await publish());
	const paths = ['timestamp.json', '3.snapshot.json', '3.targets.json'].map((file) => `metadata/${file}`);
	await fc.assert(
		fc.asyncProperty(
			fc.constantFrom(...paths),
			fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
			fc.integer({ min: 1, max: 255 }),
			async (path, place, flip) => {
				await box.write('trust', before);
				const bytes = Uint8Array.from(truth.get(path) ?? []);
				const at = Math.floor(place * bytes.length);
				bytes[at] = (bytes[at] ?? 0) ^ flip;
				reader.files = new Map(truth).set(path, bytes);
				const trust = await open();
				const code = await trust.refresh().then(
					() => undefined,
					(error) => error.code,
				);
				if (code === undefined) t.deepEqual(versions(trust), [1, 2]);
				else t.true(code in trustErrors, code);
				if (code !== undefined) t.deepEqual(versions(trust), [1]);
			},
		),
		{ numRuns: 150 },
	);
});

test('a cut at any step of a refresh leaves the box with the metadata of before or after', async (t) => {
	const { box, add, repository, publish, open } = await start(t);
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
	const { box, trust, add, publish, open } = await start(t);
	await add(2);
	await publish();
	box.disk.failAfter(0, 'disk-full');

	await t.throwsAsync(trust.refresh(), { code: 'disk-full' });

	t.deepEqual(versions(trust), [1]);
	t.deepEqual(versions(await open()), [1]);
	await trust.refresh();
	t.deepEqual(versions(trust), [1, 2]);
});

test('a reader that lies about ranges is `malformed-answer`', async (t) => {
	const { reader, trust } = await start(t);
	const truth = { size: 10, offset: 0, data: new Uint8Array(10) };
	for (const answer of [
		{ ...truth, offset: 1 },
		{ ...truth, size: 9 },
		{ ...truth, size: -1 },
		{ ...truth, size: 0.5 },
		{ ...truth, data: new Uint8Array() },
		{ ...truth, size: 100_000, data: new Uint8Array(40_000) },
	]) {
		reader.answer = async () => answer;
		await t.throwsAsync(trust.refresh(), { code: 'malformed-answer' });
	}
	t.deepEqual(versions(trust), [1]);
});

test('a reader that stalls is given up by the signal, and the next refresh is not held up', async (t) => {
	const { reader, trust } = await start(t);
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
	const { repository, reader, publish, trust } = await start(t);
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

test('metadata with more entries than a box can read in good time is `metadata-too-large`', async (t) => {
	const { reader, trust } = await start(t);
	const meta = Object.fromEntries(Array.from({ length: 2001 }, (_, index) => [`${index}`, {}]));
	reader.files.set(
		'metadata/2.root.json',
		Buffer.from(JSON.stringify({ signed: { keys: meta }, signatures: [] })),
	);

	await t.throwsAsync(trust.refresh(), { code: 'metadata-too-large', message: /2001 entries/ });
});

test("tuf-js's own client believes this repository too", async (t) => {
	// That one reads the system's clock.
	const { repository, add, rootJson } = await start(t, Date.now() * 1000);
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
