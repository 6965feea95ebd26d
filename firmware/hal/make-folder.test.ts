import { mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { makeFolder } from './make-folder.ts';

async function place(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-folder-'));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	return folder;
}

const isFolder = async (path: string): Promise<boolean> => (await stat(path)).isDirectory();

test('a folder is made with those that it is in, and made again it is there', async (t) => {
	const path = join(await place(t), 'a', 'b', 'c');
	await makeFolder(path, { mode: 0o700 });
	await makeFolder(path);
	t.true(await isFolder(path));
	t.is((await stat(path)).mode & 0o777, 0o700);
});

test('two who make the same at once both have it', async (t) => {
	const path = join(await place(t), 'a', 'b', 'c');
	await Promise.all([makeFolder(path), makeFolder(join(path, 'd')), makeFolder(path)]);
	t.true(await isFolder(join(path, 'd')));
});

test('a link to a folder is one', async (t) => {
	const folder = await place(t);
	await symlink(folder, join(folder, 'link'));
	await makeFolder(join(folder, 'link'));
	await makeFolder(join(folder, 'link', 'in-it'));
	t.true(await isFolder(join(folder, 'in-it')));
});

test('a file in the way is told', async (t) => {
	const folder = await place(t);
	await writeFile(join(folder, 'file'), '');
	await t.throwsAsync(makeFolder(join(folder, 'file')), { code: 'EEXIST' });
	await t.throwsAsync(makeFolder(join(folder, 'file', 'below')), { code: 'ENOTDIR' });
});

test('where the kernel makes no folders it ends with an error', async (t) => {
	await t.throwsAsync(makeFolder('/proc/mullion/below'), { code: 'ENOENT' });
});
