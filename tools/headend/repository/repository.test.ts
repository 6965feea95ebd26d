import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { ManualClock } from '../../../runtime/manual-clock.ts';
import { moduleTarget } from './module-target.ts';
import { Repository } from './repository.ts';

const DAY_MS = 86_400_000;

async function emptyFolder(t: ExecutionContext): Promise<string> {
	const path = await mkdtemp(join(tmpdir(), 'mullion-repository-'));
	t.teardown(() => rm(path, { recursive: true, force: true }));
	return path;
}

async function metadata(directory: string, file: string): Promise<{ signed: Record<string, unknown> }> {
	return JSON.parse(await readFile(join(directory, 'public', 'metadata', file), 'utf8'));
}

test('keys can be read by their owner only and are not among what boxes may read', async (t) => {
	const directory = await emptyFolder(t);
	const repository = await Repository.create({ directory });

	const keys = await readdir(join(directory, 'keys'));

	t.deepEqual(keys.map((name) => name.split('-')[0]).sort(), ['root', 'snapshot', 'targets', 'timestamp']);
	for (const key of keys) t.is((await stat(join(directory, 'keys', key))).mode & 0o777, 0o600);
	t.is((await stat(join(directory, 'keys'))).mode & 0o777, 0o700);
	t.deepEqual((await readdir(repository.publicDirectory)).sort(), ['metadata']);
});

test('a target is offered under its path, and its file carries its digest', async (t) => {
	const directory = await emptyFolder(t);
	const repository = await Repository.create({ directory });
	const bytes = new TextEncoder().encode('module');
	const session = { kind: 'media', ranges: ['wide'] };

	await repository.addTarget({
		...moduleTarget({ name: 'clock', version: '1.0.0', vendor: 'v', session }),
		bytes,
	});

	const target = (await (await Repository.open({ directory })).targets())['modules/clock-1.0.0.wasm'];
	t.is(target?.length, 6);
	t.deepEqual(target?.custom, { name: 'clock', version: '1.0.0', vendor: 'v', session });
	const file = `${target?.hashes['sha256']}.clock-1.0.0.wasm`;
	t.is(await readFile(join(repository.publicDirectory, 'targets', 'modules', file), 'utf8'), 'module');
});

test('a target that is replaced or removed leaves no file behind', async (t) => {
	const directory = await emptyFolder(t);
	const repository = await Repository.create({ directory });
	const folder = join(repository.publicDirectory, 'targets', 'modules');
	const path = 'modules/a.wasm';
	await repository.addTarget({ path, bytes: Uint8Array.of(1) });
	await repository.addTarget({ path, bytes: Uint8Array.of(1), custom: { again: true } });
	t.is((await readdir(folder)).length, 1);
	await repository.addTarget({ path, bytes: Uint8Array.of(2) });
	t.is((await readdir(folder)).length, 1);

	await repository.removeTarget(path);

	t.deepEqual(await readdir(folder), []);
	t.deepEqual(await repository.targets(), {});
	await t.throwsAsync(repository.removeTarget(path), { code: 'unknown-target' });
});

test('a target may have a name that every object has', async (t) => {
	const repository = await Repository.create({ directory: await emptyFolder(t) });
	await t.throwsAsync(repository.removeTarget('constructor'), { code: 'unknown-target' });
	for (const path of ['constructor', '__proto__']) {
		await repository.addTarget({ path, bytes: Uint8Array.of(1) });
		await repository.addTarget({ path, bytes: Uint8Array.of(2) });
	}

	t.deepEqual(Object.keys(await repository.targets()).sort(), ['__proto__', 'constructor']);
	await repository.removeTarget('__proto__');
	t.deepEqual(Object.keys(await repository.targets()), ['constructor']);
});

test('paths that could leave the repository are refused', async (t) => {
	const repository = await Repository.create({ directory: await emptyFolder(t) });
	for (const path of ['', '/a', 'a/', '../a', 'a/../b', 'a//b', './a', 'a\0', '~a', 'ü']) {
		await t.throwsAsync(async () => repository.addTarget({ path, bytes: new Uint8Array() }), {
			code: 'bad-target-path',
		});
	}
});

test('a folder has one repository, and only a finished one can be opened', async (t) => {
	const directory = await emptyFolder(t);
	await t.throwsAsync(Repository.open({ directory }), { code: 'not-a-repository' });
	t.deepEqual(await readdir(directory), []);

	const root = await (await Repository.openOrCreate({ directory })).rootJson();

	await t.throwsAsync(Repository.create({ directory }), { code: 'repository-exists' });
	t.deepEqual(await (await Repository.openOrCreate({ directory })).rootJson(), root);
});

test('a creation that was cut can be made again', async (t) => {
	const directory = await emptyFolder(t);
	await Repository.create({ directory });
	await rm(join(directory, 'public', 'metadata', 'timestamp.json'));

	await Repository.create({ directory });

	t.is((await readdir(join(directory, 'keys'))).length, 4);
	await (await Repository.open({ directory })).addTarget({ path: 'a', bytes: Uint8Array.of(1) });
});

test('what has used half of its lifetime is signed anew when the repository is opened, and nothing else', async (t) => {
	const directory = await emptyFolder(t);
	const clock = new ManualClock(1_800_000_000_000_000);
	await Repository.create({ directory, clock });
	const versions = async (): Promise<unknown[]> => {
		const files = await readdir(join(directory, 'public', 'metadata'));
		const newest = (role: string): number =>
			Math.max(...files.filter((f) => f.includes(role)).map(Number.parseFloat));
		return [
			newest('root'),
			newest('targets'),
			newest('snapshot'),
			(await metadata(directory, 'timestamp.json')).signed['version'],
		];
	};

	await Repository.open({ directory, clock });
	t.deepEqual(await versions(), [1, 1, 1, 1]);
	clock.advance(0.6 * DAY_MS);
	await Repository.open({ directory, clock });
	t.deepEqual(await versions(), [1, 1, 1, 2]);
	clock.advance(4 * DAY_MS);
	await Repository.open({ directory, clock });
	t.deepEqual(await versions(), [1, 1, 2, 3]);
	clock.advance(50 * DAY_MS);
	await Repository.open({ directory, clock });
	t.deepEqual(await versions(), [1, 2, 3, 4]);
	clock.advance(150 * DAY_MS);
	await Repository.open({ directory, clock });
	t.deepEqual(await versions(), [2, 3, 4, 5]);
});

test('old versions are cleared away, roots never', async (t) => {
	const directory = await emptyFolder(t);
	const repository = await Repository.create({ directory });
	for (let count = 0; count < 20; count++)
		await repository.addTarget({ path: 'a', bytes: Uint8Array.of(count) });
	await repository.rotate('snapshot');

	const files = await readdir(join(directory, 'public', 'metadata'));

	t.is(files.filter((file) => file.endsWith('targets.json')).length, 16);
	t.is(files.filter((file) => file.endsWith('snapshot.json')).length, 16);
	t.is(files.filter((file) => file.endsWith('root.json')).length, 2);
});

test('a rotated key is destroyed, and a key that is missing is named', async (t) => {
	const directory = await emptyFolder(t);
	const repository = await Repository.create({ directory });
	const before = await readdir(join(directory, 'keys'));

	await repository.rotate('targets');

	const after = await readdir(join(directory, 'keys'));
	t.deepEqual(
		after.filter((key) => !before.includes(key)).map((key) => key.split('-')[0]),
		['targets'],
	);
	t.is(after.length, 4);
	await rm(join(directory, 'keys', after.find((key) => key.startsWith('targets')) ?? ''));
	await t.throwsAsync(repository.addTarget({ path: 'a', bytes: new Uint8Array() }), { code: 'key-missing' });
});

test('a damaged file is named instead of being signed over', async (t) => {
	const directory = await emptyFolder(t);
	const repository = await Repository.create({ directory });
	await cp(join(directory, 'lock'), join(directory, 'public', 'metadata', '1.targets.json'));

	await t.throwsAsync(repository.addTarget({ path: 'a', bytes: new Uint8Array() }), {
		code: 'repository-damaged',
		message: /1\.targets\.json/,
	});
});

test('processes that add targets at the same time lose none of them', async (t) => {
	const directory = await emptyFolder(t);
	await Repository.create({ directory });
	const script = `
		const { Repository } = await import(${JSON.stringify(new URL('repository.ts', import.meta.url).href)});
		const [directory, name] = process.argv.slice(1);
		const repository = await Repository.open({ directory });
		for (let count = 0; count < 4; count++) {
			await repository.addTarget({ path: name + count, bytes: Uint8Array.of(count) });
		}`;
	const run = promisify(execFile);

	await Promise.all(
		['a', 'b', 'c'].map((name) =>
			run(process.execPath, ['--input-type=module', '-e', script, directory, name]),
		),
	);

	const targets = Object.keys(await (await Repository.open({ directory })).targets());
	t.deepEqual(
		targets.sort(),
		['a', 'b', 'c'].flatMap((name) => [0, 1, 2, 3].map((count) => name + count)),
	);
});

test('a process killed at any moment of its changes leaves a repository that opens, every target whole', async (t) => {
	const directory = await emptyFolder(t);
	await Repository.create({ directory });
	const script = `
		const { Repository } = await import(${JSON.stringify(new URL('repository.ts', import.meta.url).href)});
		const repository = await Repository.open({ directory: process.argv[1] });
		for (let count = 0; ; count++) {
			process.stdout.write('.');
			await repository.addTarget({ path: 'm/' + (count % 3), bytes: new Uint8Array(50_000).fill(count) });
			if (count % 4 === 3) await repository.removeTarget('m/1');
		}`;
	for (let round = 0; round < 6; round++) {
		const child = spawn(process.execPath, ['--input-type=module', '-e', script, directory], {
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		const ended = once(child, 'exit');
		const killAt = 2 + Math.floor(Math.random() * 8);
		let dots = 0;
		for await (const chunk of child.stdout) {
			dots += chunk.length;
			if (dots >= killAt) setTimeout(() => child.kill('SIGKILL'), Math.random() * 15);
		}
		await ended;

		const repository = await Repository.open({ directory });
		for (const { path, hashes } of Object.values(await repository.targets())) {
			const name = `${hashes['sha256']}.${path.slice(2)}`;
			const bytes = await readFile(join(repository.publicDirectory, 'targets', 'm', name));
			t.is(createHash('sha256').update(bytes).digest('hex'), hashes['sha256'] ?? '');
		}
	}
});
