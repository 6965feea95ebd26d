import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type Board, loadBoard } from './board.ts';
import { checkOwnFiles, checkSources } from './board-sources.ts';

const [arm64, pc, rock] = (await Promise.all(['qemu-arm64', 'qemu-x86_64', 'rock64'].map(loadBoard))) as [
	Board,
	Board,
	Board,
];
const release = '6.1.0-9-arm64';
const trees = `usr/lib/linux-image-${release}/rockchip`;
const loader = 'usr/lib/u-boot/rock64-rk3328';

/** A kernel of arm64 that says how much memory it takes. */
function kernelOf(mb: number): Buffer {
	const bytes = Buffer.alloc(4096);
	bytes.writeBigUInt64LE(BigInt(mb * 1_048_576), 16);
	return bytes;
}

/** A tree as packages of Debian are unpacked to, with what the Rock64 takes of them. */
async function packages(t: ExecutionContext, { kernel = kernelOf(33), without = '' } = {}) {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-sources-'));
	t.teardown(() => rm(folder, { recursive: true }));
	const { initrd, root } = rock.drivers;
	const drivers = [...initrd, ...root, 'dw_wdt'].map((name) => `kernel/drivers/${name}.ko:\n`);
	const files: Record<string, string | Buffer> = {
		[`boot/vmlinuz-${release}`]: kernel,
		[`lib/modules/${release}/modules.dep`]: drivers.join(''),
		[`lib/modules/${release}/modules.builtin`]: '',
		[`${trees}/rk3328-rock64.dtb`]: '',
		[`${trees}/rk3399-rock960.dtb`]: '',
		[`${loader}/idbloader.img`]: '',
		[`${loader}/u-boot.itb`]: '',
	};
	for (const [path, content] of Object.entries(files)) {
		if (path === without) continue;
		await mkdir(dirname(join(folder, path)), { recursive: true });
		await writeFile(join(folder, path), content);
	}
	return { debian: folder, kernel: folder };
}

test('a board whose packages hold all that it names may be built', async (t) => {
	await t.notThrowsAsync(checkSources(rock, await packages(t)));
});

for (const [what, board, sources, message] of [
	[
		'a device tree that there is not',
		{ ...rock, deviceTree: 'rockchip/rk3328-rock46.dtb' },
		{},
		/deviceTree: there is no rockchip\/rk3328-rock46\.dtb of the kernel 6\.1.*did you mean "rockchip\/rk3328-rock64\.dtb"\?$/,
	],
	[
		'a driver that there is not',
		{ ...rock, drivers: { ...rock.drivers, root: ['ext5'] } },
		{},
		/drivers\.root: the kernel .* has no driver "ext5"/,
	],
	[
		'a watchdog whose driver there is not',
		{ ...rock, watchdog: { driver: 'bcm2835_wdt', seconds: 15 } },
		{},
		/watchdog\.driver: .*"bcm2835_wdt"/,
	],
	['a kernel that has no room', rock, { kernel: kernelOf(95) }, /loadAt\.slot .* runs into loadAt\.kernel/],
	[
		'a boot loader that is not in its package',
		rock,
		{ without: `${loader}/idbloader.img` },
		/loader\.build\.readyMade: u-boot-rockchip holds no \/usr\/lib\/u-boot\/rock64-rk3328\/idbloader\.img/,
	],
] as const)
	test(`${what} is refused before the build takes its time`, async (t) => {
		await t.throwsAsync(checkSources(board, await packages(t, sources)), { code: 'bad-board', message });
	});

test('a board with a U-Boot of its own needs its device tree beside the description', async (t) => {
	const { emulator: _, ...bare } = { ...arm64, name: 'my-box' };
	await t.throwsAsync(checkOwnFiles(bare), {
		code: 'bad-board',
		message: /^boards\/my-box\.json: loader\.environment .* boards\/my-box\.dtb/,
	});
	const { boot: __, ...emulator } = arm64.emulator ?? {};
	await t.throwsAsync(checkOwnFiles({ ...bare, emulator: emulator as NonNullable<Board['emulator']> }), {
		code: 'bad-board',
		message: /or emulator\.boot says where that U-Boot is$/,
	});
	for (const board of [arm64, pc, rock]) await t.notThrowsAsync(checkOwnFiles(board));
});
