import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { blockDeviceContract } from '../slots/block-device-contract.ts';
import { BlockDeviceFile } from './block-device-file.ts';

async function emptyFile(t: ExecutionContext, folder: string, size: number): Promise<string> {
	const directory = await mkdtemp(join(folder, 'mullion-device-'));
	t.teardown(() => rm(directory, { recursive: true, force: true }));
	const path = join(directory, 'partition');
	await writeFile(path, '');
	await truncate(path, size);
	return path;
}

async function open(t: ExecutionContext, path: string): Promise<BlockDeviceFile> {
	const device = await BlockDeviceFile.open(path);
	t.teardown(() => device[Symbol.asyncDispose]());
	return device;
}

for (const folder of [tmpdir(), '/dev/shm']) {
	blockDeviceContract(test, {
		name: `a file in ${folder}`,
		open: async (t, size) => open(t, await emptyFile(t, folder, size)),
	});
}

test('a device that is not there is not made', async (t) => {
	await t.throwsAsync(BlockDeviceFile.open('/dev/mullion-nothing'), { code: 'no-device', message: /ENOENT/ });
});

test('a device without a size of its own is measured', async (t) => {
	// As device nodes do, the kernel's files of a process say that they have no bytes.
	const path = '/proc/self/comm';
	t.is((await stat(path)).size, 0);

	t.is((await open(t, path)).size, (await readFile(path)).length);
	t.is((await open(t, '/dev/null')).size, 0);
});

test('a device that ends earlier than it said is an error with a code, not half an answer', async (t) => {
	const path = await emptyFile(t, tmpdir(), 1_000_000);
	const device = await open(t, path);
	await truncate(path, 500_000);

	await t.throwsAsync(device.read(0, new Uint8Array(1_000_000)), { code: 'device-failed' });
});

test('what was opened to be read is not written', async (t) => {
	const path = await emptyFile(t, tmpdir(), 4096);
	const device = await BlockDeviceFile.open(path, { isReadOnly: true });
	t.teardown(() => device[Symbol.asyncDispose]());

	await t.throwsAsync(device.write(0, new Uint8Array(512).fill(1)), {
		code: 'device-failed',
		message: /EBADF/,
	});
	await device.read(0, new Uint8Array(4096));
	t.deepEqual(new Uint8Array(await readFile(path)), new Uint8Array(4096));
});
