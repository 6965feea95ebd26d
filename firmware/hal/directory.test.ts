import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test, { type ExecutionContext } from 'ava';
import { directoryContract } from '../../runtime/directory-contract.ts';
import { openDirectory } from './directory.ts';
import { NodeDisk } from './node-disk.ts';

async function emptyFolder(t: ExecutionContext): Promise<string> {
	const path = await mkdtemp(join(tmpdir(), 'mullion-directory-'));
	t.teardown(() => rm(path, { recursive: true, force: true }));
	return path;
}

directoryContract(test, { name: 'on disk', open: async (t) => openDirectory(await emptyFolder(t)) });

test('what a write that was cut left behind is swept when the folder is opened', async (t) => {
	const path = await emptyFolder(t);
	await mkdir(join(path, 'f'));
	await writeFile(join(path, '~a.0'), 'unfinished');
	await writeFile(join(path, 'f', '~a.7'), 'unfinished');
	await writeFile(join(path, 'f', 'a'), 'finished');

	await openDirectory(path);

	t.deepEqual(await readdir(path), ['f']);
	t.deepEqual(await readdir(join(path, 'f')), ['a']);
});

test('a disk that refuses is `io`, with what the kernel said', async (t) => {
	const path = await emptyFolder(t);
	await symlink('loop', join(path, 'loop'));
	const directory = await openDirectory(path);

	await t.throwsAsync(directory.read('loop'), { code: 'io', message: /ELOOP/ });
});

test('a disk without room is `disk-full`', async (t) => {
	// /dev/full is the kernel's own full disk.
	await t.throwsAsync(new NodeDisk('/dev').create('full', new Uint8Array(1)), { code: 'disk-full' });
});

// Each content is 300 KB of one letter, so that a torn or mixed file shows in its bytes.
const writer = `
	const { openDirectory } = await import(${JSON.stringify(new URL('directory.ts', import.meta.url).href)});
	const directory = await openDirectory(process.argv[1]);
	for (let round = 0; ; round++) {
		const letter = 97 + (round % 26);
		process.stdout.write('starts ' + letter + '\\n');
		await directory.write('a', new Uint8Array(300_000).fill(letter));
		process.stdout.write('wrote ' + letter + '\\n');
	}`;

test('a process killed at any moment of its writes leaves every file whole: the old or the new', async (t) => {
	const path = await emptyFolder(t);
	for (let round = 0; round < 12; round++) {
		const child = spawn(process.execPath, ['--input-type=module', '-e', writer, path], {
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		const ended = once(child, 'exit');
		const killAt = 1 + Math.floor(Math.random() * 30);
		const pauseUs = Math.floor(Math.random() * 3000);
		let lines = 0;
		let wrote = 0;
		let starts = 0;
		for await (const line of createInterface({ input: child.stdout })) {
			const letter = Number(line.split(' ')[1]);
			if (line.startsWith('wrote')) wrote = letter;
			else starts = letter;
			if (++lines !== killAt) continue;
			// The moment is random inside the write too, which no line marks.
			const until = performance.now() + pauseUs / 1000;
			while (performance.now() < until);
			child.kill('SIGKILL');
		}
		await ended;

		const directory = await openDirectory(path);
		const file = await directory.read('a');
		t.deepEqual(await readdir(path), file === undefined ? [] : ['a']);
		if (file === undefined) {
			t.is(wrote, 0);
			continue;
		}
		const letter = file[0] ?? 0;
		t.is(file.length, 300_000);
		t.true(file.every((byte) => byte === letter));
		if (wrote !== 0) t.true([wrote, starts].includes(letter), `${letter} is neither ${wrote} nor ${starts}`);
	}
});
