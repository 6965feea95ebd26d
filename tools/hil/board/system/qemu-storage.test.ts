import { execFileSync } from 'node:child_process';
import { mkdtemp, open, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { seededRandom } from '../../link/random.ts';
import type { BoardFeature } from '../board.ts';
import { claim, qemuOffer } from '../claim.ts';
import { type ConsoleShell, stopAtUBoot } from '../console-shell.ts';
import { crashStates } from '../crash-states.ts';
import { WriteLog } from '../write-log.ts';

/** On QEMU, whatever this machine offers. */
const claimQemu = (...needs: BoardFeature[]) => claim({ needs, offers: [qemuOffer()] });

const diskBytes = 16 * 1024 * 1024;

/** A disk with the partitions state (sectors 2048 to 4095) and root-b (4096 to 8191), and a folder for what else. */
async function newDisk(t: ExecutionContext): Promise<{ disk: string; folder: string }> {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-storage-'));
	t.teardown(() => rm(folder, { recursive: true }));
	const disk = join(folder, 'disk');
	await writeFile(disk, '');
	await truncate(disk, diskBytes);
	const input = 'label: gpt\nsize=1MiB,name=state\nsize=2MiB,name=root-b\n';
	execFileSync('/usr/sbin/sfdisk', ['-q', disk], { input });
	return { disk, folder };
}

/** Writes one byte all over some sectors and says how that went. */
async function write(
	shell: ConsoleShell,
	at: { byte: number; sector: number; sectors: number },
): Promise<string> {
	const hex = (value: number) => value.toString(16);
	await shell.run(`mw.b 40200000 ${hex(at.byte)} ${hex(at.sectors * 512)}`);
	const said = await shell.run(`virtio write 40200000 ${hex(at.sector)} ${hex(at.sectors)}`);
	return /written: (\w+)/.exec(said)?.[1] ?? said;
}

/** The byte that a sector begins with, as the box reads it. */
async function read(shell: ConsoleShell, sector: number): Promise<string> {
	const said = await shell.run(`virtio read 40400000 ${sector.toString(16)} 1`);
	if (!said.includes('read: OK')) return 'ERROR';
	return /: (\w\w)/.exec(await shell.run('md.b 40400000 1'))?.[1] ?? '?';
}

test('an image stays as it is; what the box wrote outlives power cuts until it is flashed again', async (t) => {
	const { disk } = await newDisk(t);
	const before = await readFile(disk);
	await using board = await claimQemu('power', 'flash');
	await board.flash({ disk });
	await board.power.on();
	let shell = await stopAtUBoot(board.serial);
	t.regex(await shell.run('part list virtio 0'), /"state"(.|\n)*"root-b"/);
	t.is(await write(shell, { byte: 0xa5, sector: 3000, sectors: 8 }), 'OK');

	await board.power.off();
	await board.power.on();
	shell = await stopAtUBoot(board.serial);
	t.is(await read(shell, 3000), 'a5');

	await board.flash({ disk });
	await board.power.on();
	shell = await stopAtUBoot(board.serial);
	t.is(await read(shell, 3000), '00');
	t.true((await readFile(disk)).equals(before));
});

test('an image that the test wants to keep has what the box wrote, also when its power was cut', async (t) => {
	const { disk } = await newDisk(t);
	await using board = await claimQemu('power', 'flash');
	await board.flash({ disk }, { writes: 'in-place' });
	await board.power.on();

	t.is(await write(await stopAtUBoot(board.serial), { byte: 0x5a, sector: 3000, sectors: 1 }), 'OK');
	await board.power.cut();

	t.is((await readFile(disk))[3000 * 512], 0x5a);
});

test('a partition that fails does so to its last sector and no further, into the next life, until it is healed', async (t) => {
	const { disk } = await newDisk(t);
	await using board = await claimQemu('power', 'flash', 'storage-faults');
	await board.flash({ disk });
	await board.power.on();
	let shell = await stopAtUBoot(board.serial);
	const error = board.next('disk-error');

	await board.storage.fail([{ on: 'write', range: { partition: 'root-b' } }]);
	const one = (sector: number) => write(shell, { byte: 1, sector, sectors: 1 });
	t.deepEqual(
		[await one(4095), await one(4096), await one(8191), await one(8192)],
		['OK', 'ERROR', 'ERROR', 'OK'],
	);
	t.is(await read(shell, 4096), '00');
	t.is((await error).detail, 'write: Input/output error');

	await board.power.cut();
	await board.power.on();
	shell = await stopAtUBoot(board.serial);
	t.is(await one(5000), 'ERROR');
	await board.storage.fail([]);
	t.is(await one(5000), 'OK');

	await board.storage.fail([{ on: 'read', range: { firstSector: 5000, sectors: 1 } }]);
	t.deepEqual([await read(shell, 4999), await read(shell, 5000)], ['00', 'ERROR']);
	await t.throwsAsync(board.storage.fail([{ on: 'read', range: { partition: 'root-c' } }]), {
		code: 'bad-range',
		message: /state, root-b/,
	});
});

test('a slow disk takes its time', async (t) => {
	const { disk } = await newDisk(t);
	await using board = await claimQemu('power', 'flash', 'storage-speed');
	await board.flash({ disk });
	await board.storage.slow({ writeRate: 128 * 1024 });
	await board.power.on();
	const shell = await stopAtUBoot(board.serial);

	// The first one goes through at once and is paid for by the second, which waits for a second.
	const begun = performance.now();
	for (const sector of [4096, 4352]) t.is(await write(shell, { byte: 1, sector, sectors: 256 }), 'OK');
	const slowMs = performance.now() - begun;
	await board.storage.slow({});
	t.is(await write(shell, { byte: 1, sector: 4096, sectors: 256 }), 'OK');

	t.true(slowMs > 800, `${slowMs} ms`);
	await t.throwsAsync(board.storage.slow({ writeRate: -1 }), { code: 'bad-range' });
});

test('the record of writes, over a power cut and beside faults, makes the disk from its base', async (t) => {
	const { disk, folder } = await newDisk(t);
	const path = join(folder, 'log');
	const kept = join(folder, 'kept');
	execFileSync('cp', [disk, kept]);
	await using board = await claimQemu('power', 'flash', 'write-log', 'storage-faults');
	await board.flash({ disk: kept }, { writes: 'in-place' });
	await board.storage.record(path);
	await board.power.on();
	let shell = await stopAtUBoot(board.serial);

	await write(shell, { byte: 1, sector: 4096, sectors: 256 });
	await write(shell, { byte: 2, sector: 4100, sectors: 2 });
	await board.power.cut();
	await board.power.on();
	shell = await stopAtUBoot(board.serial);
	await board.storage.fail([{ on: 'write', range: { firstSector: 5000, sectors: 1 } }]);
	t.is(await write(shell, { byte: 3, sector: 5000, sectors: 1 }), 'ERROR');
	t.is(await write(shell, { byte: 4, sector: 5001, sectors: 1 }), 'OK');
	await board.storage.stopRecording();
	t.is(await write(shell, { byte: 5, sector: 6000, sectors: 1 }), 'OK');
	await board.power.off();

	await using log = await WriteLog.open(path);
	const entries = await Array.fromAsync(log.read());
	const sectors = entries
		.filter(({ length }) => length > 0)
		.map(({ offset, length }) => [offset / 512, length / 512]);
	t.deepEqual(sectors, [
		[4096, 256],
		[4100, 2],
		[5001, 1],
	]);
	t.true(entries.some(({ isFlush }) => isFlush));

	await using base = await open(disk);
	const states = await Array.fromAsync(crashStates({ log, torn: 20, random: seededRandom(1) }));
	t.is(states.length, entries.length + 1 + 20);
	const now = await readFile(kept);
	// What came after the recording is not in it.
	now.fill(0, 6000 * 512, 6001 * 512);
	const last = states.filter(({ name }) => !name.includes('torn')).at(-1);
	t.true((await last?.read(base, 0, diskBytes))?.equals(now));
});

test('a disk that is not there cannot fail', async (t) => {
	await using board = await claimQemu('power', 'storage-faults');

	await t.throwsAsync(board.storage.fail([{ on: 'read' }]), { code: 'bad-range', message: /no disk/ });
});
