import { readFile } from 'node:fs/promises';
import test from 'ava';
import { boardNames, loadBoard, parseBoard } from './board.ts';
import { partitionsOf } from './partitions.ts';

const arm64 = JSON.parse(await readFile(new URL('boards/qemu-arm64.json', import.meta.url), 'utf8'));

test('every board that is described can be read, and its partitions do not touch what is before them', async (t) => {
	const names = await boardNames();
	t.true(names.includes('qemu-arm64') && names.includes('qemu-x86_64'));
	for (const name of names) {
		const board = await loadBoard(name);
		const [first] = partitionsOf(board);
		for (const sector of Object.values(board.loader.build?.onDisk ?? {}))
			t.true(sector * 512 < (first?.start ?? 0), name);
	}
});

test('a board that is not there is refused with the names of those that are', async (t) => {
	await t.throwsAsync(loadBoard('toaster'), { code: 'unknown-board', message: /qemu-arm64, .*qemu-x86_64/ });
});

for (const [what, change, message] of [
	['no disk', { loader: { ...arm64.loader, disk: 'virtio' } }, /loader\.disk is/],
	[
		'no boot loader',
		{ loader: { ...arm64.loader, environment: undefined } },
		/either an environment, or is built/,
	],
	['two boot loaders', { loader: { ...arm64.loader, build: { form: 'rom' } } }, /either an environment/],
	[
		'a boot loader of no known form',
		{ loader: { ...arm64.loader, environment: undefined, build: { form: 'tape' } } },
		/one of rom, fit, not tape/,
	],
	['another processor', { architecture: 'mips' }, /one of arm64, amd64, not mips/],
	['an address that is none', { loadAt: { ...arm64.loadAt, slot: '1 GB' } }, /loadAt\.slot is an address/],
	['no network', { networks: [] }, /has a network/],
	['a watchdog of no time', { watchdog: { driver: 'i6300esb', seconds: 0 } }, /watchdog\.seconds/],
] as const)
	test(`a description with ${what} is refused`, (t) => {
		t.throws(() => parseBoard('box', JSON.stringify({ ...arm64, ...change })), {
			code: 'bad-board',
			message,
		});
	});
