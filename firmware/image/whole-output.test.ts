import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { wholeOutput } from './whole-output.ts';

async function place(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-output-'));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	return join(folder, 'dist', 'board');
}

/** A build of two files that belong together. */
const build = (out: string, what: string, broken?: Error) =>
	wholeOutput({
		out,
		last: 'release.json',
		make: async (folder) => {
			await writeFile(join(folder, 'root.img'), what);
			if (broken !== undefined) throw broken;
			await writeFile(join(folder, 'release.json'), what);
			return what;
		},
	});

test('a build that breaks off leaves what was there before, and nothing of itself', async (t) => {
	const out = await place(t);
	await build(out, 'old');

	await t.throwsAsync(build(out, 'new', new Error('cut')), { message: 'cut' });

	t.deepEqual((await readdir(out)).sort(), ['release.json', 'root.img']);
	t.is(await readFile(join(out, 'root.img'), 'utf8'), 'old');
});

test('a build that is whole takes the place of the one before', async (t) => {
	const out = await place(t);
	await build(out, 'old');

	t.is(await build(out, 'new'), 'new');

	t.deepEqual((await readdir(out)).sort(), ['release.json', 'root.img']);
	t.is(await readFile(join(out, 'root.img'), 'utf8'), 'new');
});

test('a place that cannot be written is told by its path', async (t) => {
	const out = await place(t);
	await mkdir(join(out, '..'), { recursive: true });
	await writeFile(out, 'a file');

	await t.throwsAsync(build(out, 'new'), { code: 'no-place', message: `${out}: it is no folder` });
});

test('a place where no folder can be made is told', async (t) => {
	const out = '/proc/mullion-image';

	await t.throwsAsync(build(out, 'new'), {
		code: 'no-place',
		message: `${out}: no folder can be made there`,
	});
});

test('a full disk is told by the place that has no more room', async (t) => {
	const out = await place(t);
	const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });

	await t.throwsAsync(build(out, 'new', full), { code: 'no-place', message: `${out}: the disk is full` });
});

test('what a build has left that was killed is removed by the next, and what one that still runs works on is not', async (t) => {
	const out = await place(t);
	// No process has as high a number.
	const [killed, working] = [join(out, 'new-999999999-abcdef'), join(out, `new-${process.pid}-abcdef`)];
	for (const folder of [killed, working]) {
		await mkdir(folder, { recursive: true });
		await writeFile(join(folder, 'root.img'), 'half');
	}

	await build(out, 'new');

	t.deepEqual((await readdir(out)).sort(), [`new-${process.pid}-abcdef`, 'release.json', 'root.img']);
});
