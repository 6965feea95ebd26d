import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { loadBoard } from './board.ts';
import { kernelParts } from './kernel-parts.ts';

/** A tree with a kernel of this content. */
async function kernelTree(t: ExecutionContext, content: Uint8Array): Promise<string> {
	const tree = await mkdtemp(join(tmpdir(), 'mullion-kernel-'));
	t.teardown(() => rm(tree, { recursive: true, force: true }));
	for (const folder of ['boot', 'lib/modules/6.1']) await mkdir(join(tree, folder), { recursive: true });
	await writeFile(join(tree, 'boot/vmlinuz-6.1'), content);
	return tree;
}

test('a kernel of a PC is taken apart where its set-up ends, and both parts are all of it', async (t) => {
	const kernel = Uint8Array.from({ length: 20_000 }, (_, index) => index % 251);
	kernel[0x1f1] = 6;
	const tree = await kernelTree(t, kernel);
	const board = await loadBoard('qemu-x86_64');

	const parts = await kernelParts({ board, kernel: tree, folder: tree });

	t.like(parts, [
		{ name: 'kernel', type: 'kernel', load: board.loadAt.kernel },
		{ name: 'setup', type: 'x86_setup', load: board.loadAt.setup ?? '' },
	]);
	const [rest, setup] = await Promise.all(parts.map(({ file }) => readFile(file)));
	t.is(setup?.length, 7 * 512);
	t.deepEqual(Buffer.concat([setup ?? Buffer.of(), rest ?? Buffer.of()]), Buffer.from(kernel));
});
