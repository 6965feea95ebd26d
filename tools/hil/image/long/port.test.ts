// The image of a board that nobody here has: all that can be said of it without one.
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { loadBoard } from '../../../../firmware/image/board.ts';
import { partitionsOf } from '../../../../firmware/image/partitions.ts';
import { fetchSources, kernelRelease } from '../../../../firmware/image/sources.ts';
import { tool } from '../../../../firmware/image/tool.ts';
import { openImageRun } from '../image-run.ts';

const board = await loadBoard('rock64');
const run = await openImageRun('port', { board });
const { bench } = run;
const image = await bench.build(1);
const { debian, kernel } = await fetchSources(board);
test.after.always(() => run[Symbol.asyncDispose]());

const sectorBytes = 512;

/** An image out of a FIT. */
async function partOf(fit: string, name: string): Promise<string> {
	const names = (await tool('fdtget', ['-l', fit, '/images'])).trim().split('\n');
	const file = join(bench.folder, `part-${name}`);
	await tool('dumpimage', ['-T', 'flat_dt', '-p', `${names.indexOf(name)}`, '-o', file, fit]);
	return file;
}

async function readAt(file: string, at: number, length: number): Promise<Buffer> {
	await using handle = await open(file);
	const bytes = Buffer.alloc(length);
	await handle.read(bytes, 0, length, at);
	return bytes;
}

test('what the processor starts is before the first partition, where it looks for it', async (t) => {
	await run.look(t.title, async () => {
		const first = await readFile(join(debian, 'usr/lib/u-boot/rock64-rk3328/idbloader.img'));
		t.true(first.equals(await readAt(image.disk.file, 64 * sectorBytes, first.length)));
		const loader = await readFile(image.firmware?.file ?? '');
		t.true(loader.equals(await readAt(image.disk.file, 16_384 * sectorBytes, loader.length)));
		t.true(16_384 * sectorBytes + loader.length <= (partitionsOf(board)[0]?.start ?? 0));
		t.regex(await tool('sfdisk', ['-d', image.disk.file]), /start= *32768,.*name="bootstate"/);
	});
});

test('its boot loader is a FIT like the ready-made one, with our code, script and key in it', async (t) => {
	await run.look(t.title, async () => {
		const fit = image.firmware?.file ?? '';
		const ready = join(debian, 'usr/lib/u-boot/rock64-rk3328/u-boot.itb');
		for (const property of ['firmware', 'loadables', 'fdt']) {
			const args = ['-t', 's', '/configurations/config_1', property];
			const of = (file: string) => tool('fdtget', [...args.slice(0, 2), file, ...args.slice(2)]);
			t.is(await of(fit), await of(ready), property);
		}
		for (const part of ['atf_1', 'atf_2']) {
			const ours = await readFile(await partOf(fit, part));
			t.true(ours.equals(await readFile(await partOf(ready, part))), part);
			const load = (file: string) => tool('fdtget', ['-t', 'x', file, `/images/${part}`, 'load']);
			t.is(await load(fit), await load(ready), part);
		}
		const code = await readFile(await partOf(fit, 'uboot'), 'latin1');
		for (const word of ['rsa2048', 'setexpr']) t.true(code.includes(word), word);
		const tree = await partOf(fit, 'fdt_1');
		t.is((await tool('fdtget', ['-t', 's', tree, '/signature/key-slot', 'required'])).trim(), 'conf');
		const script = await tool('fdtget', ['-t', 's', tree, '/config/environment', 'mullion_start']);
		t.regex(script, /mmc read .*bootm 0x8000000#slot\n$/);
	});
});

test('its slot is signed and holds the device tree of the kernel, and its root the drivers', async (t) => {
	await run.look(t.title, async () => {
		const fit = image.boot.file;
		t.is((await tool('fdtget', ['-t', 's', fit, '/configurations/slot', 'fdt'])).trim(), 'fdt');
		const signed = await tool('fdtget', ['-t', 's', fit, '/configurations/slot/signature', 'sign-images']);
		t.is(signed.trim(), 'kernel fdt ramdisk');
		const release = await kernelRelease(kernel);
		const tree = await readFile(join(kernel, `usr/lib/linux-image-${release}/rockchip/rk3328-rock64.dtb`));
		t.true(tree.equals(await readFile(await partOf(fit, 'fdt'))));
		const drivers = await tool('unsquashfs', ['-cat', image.root.file, 'etc/mullion/drivers']);
		for (const driver of ['dwmac-rk', 'realtek', 'dw_wdt', 'ext4'])
			t.regex(drivers, new RegExp(`/${driver}\\.ko$`, 'm'));
		const listed = await tool('unsquashfs', ['-ls', image.root.file]);
		for (const path of drivers.trim().split('\n')) t.true(listed.includes(path), path);
	});
});
