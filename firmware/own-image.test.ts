import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { readOwnImage } from './own-image.ts';

const description = {
	board: 'qemu-arm64',
	version: '1.2.3',
	release: 7,
	devices: {
		bootState: '/dev/vda1',
		slots: { a: { boot: '/dev/vda2', root: '/dev/vda3' }, b: { boot: '/dev/vda4', root: '/dev/vda5' } },
	},
};

async function read(t: ExecutionContext, content: string, commandLine: string) {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-own-'));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	const [file, line] = [join(folder, 'image.json'), join(folder, 'cmdline')];
	await writeFile(file, content);
	await writeFile(line, commandLine);
	return readOwnImage(file, line);
}

test('a box runs from the slot that the boot loader told the kernel', async (t) => {
	const image = await read(t, JSON.stringify(description), 'console=ttyAMA0 mullion.slot=b quiet\n');
	t.deepEqual(image, { ...description, slot: 'b' });
});

test('what does not say what it is, or which slot runs, is no image', async (t) => {
	const whole = JSON.stringify(description);
	for (const [content, line] of [
		['no JSON', 'mullion.slot=a'],
		[JSON.stringify({ ...description, release: '7' }), 'mullion.slot=a'],
		[JSON.stringify({ ...description, devices: {} }), 'mullion.slot=a'],
		[whole, 'quiet'],
		[whole, 'mullion.slot=c'],
		[whole, 'notmullion.slot=a'],
	] as const)
		await t.throwsAsync(read(t, content, line), { code: 'bad-image' });
});
