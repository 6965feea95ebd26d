import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
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

test('what a life before has left is swept away', async (t) => {
	const folder = await emptyFolder(t);
	await (await openCodeFiles(folder)).put(code);
	await openCodeFiles(folder);
	t.deepEqual(await readdir(folder), []);
});

test('code of any length is read whole', async (t) => {
	const files = await openCodeFiles(await emptyFolder(t));
	for (const length of [0, 65_535, 65_536, 200_000]) {
		const long = new Uint8Array(length).fill(7);
		t.deepEqual(files.read(await files.put(long)), long);
	}
});
