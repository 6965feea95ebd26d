import { mkdtemp, readdir, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { codeReader, openCodeFiles } from './code-files.ts';

async function emptyFolder(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-code-'));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	return folder;
}

const code = Uint8Array.of(1, 2, 3);

test('code is read as it was put, also by another thread', async (t) => {
	const folder = await emptyFolder(t);
	const files = await openCodeFiles(folder);
	const key = await files.put(code);
	t.deepEqual(files.read(key), code);
	t.deepEqual(codeReader(folder).read(key), code);
});

test('code that is not as it was put is never given out', async (t) => {
	const folder = await emptyFolder(t);
	const files = await openCodeFiles(folder);
	const key = await files.put(code);
	await writeFile(join(folder, `${key}.wasm`), Uint8Array.of(1, 2, 4));
	t.throws(() => files.read(key), { message: /damaged/ });
});

test('code that two have put is there until both have taken it back', async (t) => {
	const folder = await emptyFolder(t);
	const files = await openCodeFiles(folder);
	const key = await files.put(code);
	await files.put(code);
	await files.remove(key);
	t.deepEqual(files.read(key), code);
	await files.remove(key);
	t.deepEqual(await readdir(folder), []);
});

test('what a life before has left can be read, and is swept away unless somebody puts it again', async (t) => {
	const folder = await emptyFolder(t);
	const before = await openCodeFiles(folder);
	const kept = await before.put(code);
	const left = await before.put(Uint8Array.of(4, 5));
	const files = await openCodeFiles(folder);
	t.deepEqual(files.read(left), Uint8Array.of(4, 5));
	await files.put(code);
	await files.sweep();
	t.deepEqual(await readdir(folder), [`${kept}.wasm`]);
});

test('code that is there is not written again, unless it is damaged', async (t) => {
	const folder = await emptyFolder(t);
	const key = await (await openCodeFiles(folder)).put(code);
	const file = join(folder, `${key}.wasm`);
	const old = new Date(0);
	await utimes(file, old, old);
	const files = await openCodeFiles(folder);
	await files.put(code);
	t.deepEqual((await stat(file)).mtime, old);
	await truncate(file, 1);
	await files.put(code);
	t.deepEqual(files.read(key), code);
});

test('code of any length is read whole', async (t) => {
	const files = await openCodeFiles(await emptyFolder(t));
	for (const length of [0, 65_535, 65_536, 200_000]) {
		const long = new Uint8Array(length).fill(7);
		t.deepEqual(files.read(await files.put(long)), long);
	}
});
