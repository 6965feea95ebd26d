import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { BoardFeature } from '../board.ts';
import { claim, qemuOffer } from '../claim.ts';
import { stopAtUBoot } from '../console-shell.ts';
import { writeDeviceTree } from '../device-tree.ts';

/** On QEMU, whatever this machine offers. */
const claimQemu = (...needs: BoardFeature[]) => claim({ needs, offers: [qemuOffer()] });

async function newFolder(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-image-'));
	t.teardown(() => rm(folder, { recursive: true }));
	return folder;
}

test('the environment of an image is what the boot loader starts with, and stays as it is', async (t) => {
	const folder = await newFolder(t);
	const environment = join(folder, 'environment');
	await writeFile(join(folder, 'text'), 'bootdelay=2\nbootcmd=true\nmark=of the image\n');
	execFileSync('mkenvimage', ['-s', '0x40000', '-o', environment, join(folder, 'text')]);
	await using board = await claimQemu('power', 'flash');

	await board.flash({ environment });
	await board.power.on();

	t.is(await (await stopAtUBoot(board.serial)).run('printenv mark'), 'mark=of the image');
	t.is((await stat(environment)).size, 0x40000);
});

test('the device tree of an image is what the boot loader has', async (t) => {
	const deviceTree = join(await newFolder(t), 'tree, with a comma');
	await writeDeviceTree(deviceTree, { memoryMiB: 128 });
	execFileSync('fdtput', ['-t', 's', deviceTree, '/', 'mark', 'of the image']);
	await using board = await claim({ needs: ['power', 'flash'], offers: [qemuOffer({ memoryMiB: 128 })] });

	await board.flash({ deviceTree });
	await board.power.on();
	await board.serial.expect(/^DRAM: +128 MiB/);
	const shell = await stopAtUBoot(board.serial);
	await shell.run('fdt addr $fdtcontroladdr');

	t.is(await shell.run('fdt print / mark'), 'mark = "of the image"');
});

test('a device tree that is not there keeps the board off, and the message says why', async (t) => {
	await using board = await claimQemu('power', 'flash');
	await board.flash({ deviceTree: '/nowhere.dtb' });

	await t.throwsAsync(board.power.on(), { code: 'did-not-start', message: /nowhere\.dtb/ });

	t.false(board.power.isOn);
});

test('two boards run side by side, and one image under both', async (t) => {
	const disk = join(await newFolder(t), 'disk');
	await writeFile(disk, Buffer.alloc(1024 * 1024));
	await using one = await claimQemu('power', 'flash', 'link-shape');
	await using two = await claimQemu('power', 'flash', 'link-shape');
	for (const board of [one, two]) {
		await board.flash({ disk });
		await board.power.on();
	}

	const shells = [await stopAtUBoot(one.serial), await stopAtUBoot(two.serial)];

	for (const shell of shells) t.regex(await shell.run('virtio info'), /2048 x 512/);
});
