// What a box takes from a repository that lies, is old, or lost half of its files: nothing, until it tells the truth.
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { Repository } from '../../headend/repository/repository.ts';
import type { Ending } from './operated-box.ts';
import { TestBox } from './test-box.ts';
import { withManifest } from './variant.ts';

const box = await TestBox.start();
const { built } = box.probe;
const { repository, repositoryDirectory } = box.stage.headend;
const metadata = join(repository.publicDirectory, 'metadata');
const copies = await mkdtemp(join(tmpdir(), 'mullion-metadata-'));
const path = 'modules/other-1.0.0.wasm';
const other = withManifest(built.bytes, (manifest) => ({
	...manifest,
	name: 'other',
	version: '1.0.0',
	subscribes: {},
}));
const installed = { fault: 0, code: '' };
await box.install(await box.publish(built));
let commands = 1;
test.after.always(async () => {
	await box[Symbol.asyncDispose]();
	await rm(copies, { recursive: true, force: true });
});

/** A copy of what boxes can read, and how to put it back. */
async function keep(name: string): Promise<() => Promise<void>> {
	const copy = join(copies, name.replaceAll(/\W/g, '-'));
	await cp(repository.publicDirectory, copy, { recursive: true });
	return async () => {
		await rm(repository.publicDirectory, { recursive: true });
		await cp(copy, repository.publicDirectory, { recursive: true });
	};
}

async function change(file: string, edit: (bytes: Buffer) => Uint8Array | string): Promise<void> {
	await writeFile(join(metadata, file), edit(await readFile(join(metadata, file))));
}

/** The newest version of a file such as `7.snapshot.json`. */
async function newest(kind: 'targets' | 'snapshot', before = 0): Promise<string> {
	const versions = (await readdir(metadata)).flatMap(
		(file) => new RegExp(`^(\\d+)\\.${kind}\\.json$`).exec(file)?.[1] ?? [],
	);
	const sorted = versions.map(Number).sort((a, b) => b - a);
	return `${sorted[before]}.${kind}.json`;
}

async function targetFile(): Promise<string> {
	const folder = join(repository.publicDirectory, 'targets', 'modules');
	const name = (await readdir(folder)).find((file) => file.endsWith('.other-1.0.0.wasm'));
	return join(folder, name ?? '');
}

/** Signs it anew, so that the box has everything to fetch. */
async function signAnew(): Promise<string> {
	return box.sign(other, path);
}

async function endsWith(t: ExecutionContext, ending: Ending, url: string): Promise<void> {
	t.deepEqual(await box.install(url), ending);
	await box.ends.count(++commands);
	t.deepEqual(await box.modules(), ['probe 0.1.0']);
	await box.echo();
}

/** Now that the repository tells the truth, what was refused is taken; then it makes room for the next. */
async function takesTheTruth(t: ExecutionContext, url: string): Promise<void> {
	t.deepEqual(await box.install(url), installed);
	t.deepEqual(await box.modules(), ['other 1.0.0', 'probe 0.1.0']);
	t.deepEqual(await box.uninstall('other'), installed);
	commands += 2;
}

interface Lie {
	readonly ending: Ending;
	readonly tell: () => Promise<void>;
}

const unsigned = (code: string): Ending => ({ fault: 7036, code });
const corrupt = (code: string): Ending => ({ fault: 7035, code });
const absent = (code: string): Ending => ({ fault: 7033, code });
const raised = (json: Buffer) =>
	json.toString().replace(/"version":(\d+)/, (_all, version) => `"version":${Number(version) + 1}`);

const lies: Record<string, Lie> = {
	'a timestamp that somebody has raised': {
		ending: unsigned('metadata-signature'),
		tell: () => change('timestamp.json', raised),
	},
	'a timestamp without signatures': {
		ending: unsigned('metadata-signature'),
		tell: () =>
			change('timestamp.json', (json) =>
				json.toString().replace(/"signatures":\[[^\]]*\]/, '"signatures":[]'),
			),
	},
	'a timestamp cut off': {
		ending: corrupt('metadata-malformed'),
		tell: () => change('timestamp.json', (json) => json.subarray(0, 80)),
	},
	'a timestamp of 17 KiB': {
		ending: { fault: 7227, code: 'metadata-too-large' },
		tell: () => change('timestamp.json', (json) => json + ' '.repeat(17_000)),
	},
	'no timestamp': {
		ending: absent('metadata-missing'),
		tell: () => rm(join(metadata, 'timestamp.json')),
	},
	'a snapshot that is not the announced one': {
		ending: unsigned('metadata-mismatch'),
		tell: async () => change(await newest('snapshot'), (json) => json.map((byte) => byte ^ 1)),
	},
	'targets of before under a new name': {
		ending: { fault: 7036, code: 'metadata-mismatch' },
		tell: async () => cp(join(metadata, await newest('targets', 1)), join(metadata, await newest('targets'))),
	},
	'a module of which one bit was turned on the disk of the repository': {
		ending: corrupt('target-digest'),
		tell: async () => {
			const file = await targetFile();
			const bytes = await readFile(file);
			bytes[1000] = (bytes[1000] ?? 0) ^ 1;
			await writeFile(file, bytes);
		},
	},
	'a module that is shorter than it was signed': {
		ending: corrupt('target-length'),
		tell: async () => {
			const file = await targetFile();
			await writeFile(file, (await readFile(file)).subarray(0, 20_000));
		},
	},
	'a module that the repository has lost': {
		ending: absent('target-missing'),
		tell: async () => rm(await targetFile()),
	},
};

for (const [name, { ending, tell }] of Object.entries(lies)) {
	test.serial(`${name}: ${ending.code}, ${ending.fault}, and the truth is taken after it`, async (t) => {
		const url = await signAnew();
		const restore = await keep(name);
		await tell();

		await endsWith(t, ending, url);

		await restore();
		await takesTheTruth(t, url);
	});
}

test.serial('a repository that goes back to what it was is not believed, also after a restart', async (t) => {
	const url = await signAnew();
	const old = await keep('old');
	await box.sign(other, 'modules/newer.wasm');
	await takesTheTruth(t, url);
	const restore = await keep('new');
	await old();

	await endsWith(t, unsigned('metadata-rollback'), url);
	await box.stage.powerCut();
	await box.stage.powerOn();
	await endsWith(t, unsigned('metadata-rollback'), url);

	await restore();
	await takesTheTruth(t, url);
});

test.serial('a repository of somebody else is not believed, whatever it offers', async (t) => {
	const url = await signAnew();
	const restore = await keep('ours');
	const foreign = await Repository.create({ directory: join(copies, 'foreign') });
	for (let version = 1; version < 99; version += 7) await foreign.addTarget({ path, bytes: other });
	await cp(foreign.publicDirectory, repository.publicDirectory, { recursive: true });

	await endsWith(t, unsigned('metadata-signature'), url);

	await restore();
	await takesTheTruth(t, url);
});

test.serial('metadata that has expired is not believed, and the box waits for new', async (t) => {
	const hasty = await Repository.open({
		directory: repositoryDirectory,
		lifetimesMs: { timestamp: 1, snapshot: 1 },
	});
	await hasty.addTarget({ path, bytes: other });

	await endsWith(t, unsigned('metadata-expired'), `tuf:${path}`);

	await takesTheTruth(t, await signAnew());
});

test.serial('every command ended once', async (t) => {
	await box.ends.count(commands);
	const doubled = [...box.ends.all.values()].filter(({ length }) => length !== 1);
	t.deepEqual(doubled, []);
	t.is(box.ends.all.size, commands);
});
