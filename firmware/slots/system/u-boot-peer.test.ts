/** U-Boot itself as the peer of the boot state's copies: packages `qemu-system-arm` and `u-boot-qemu`. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { BlockDeviceFile } from '../../hal/block-device-file.ts';
import { type BootState, copyPlaces, encodeBootState, lostBootState } from '../boot-state.ts';
import { BootStateStore } from '../boot-state-store.ts';

const machine =
	'-M virt,gic-version=2 -cpu cortex-a53 -accel tcg -m 128 -nographic -no-reboot -net none -bios /usr/lib/u-boot/qemu_arm64/u-boot.bin';

/** A U-Boot at its prompt, with a disk. */
async function startUBoot(t: ExecutionContext, disk: string) {
	const drive = [
		'-drive',
		`file=${disk},format=raw,if=none,id=disk`,
		'-device',
		'virtio-blk-device,drive=disk',
	];
	const qemu = spawn('qemu-system-aarch64', [...machine.split(' '), ...drive]);
	t.teardown(() => void qemu.kill('SIGKILL'));
	let text = '';
	let wake = () => {};
	qemu.stdout.on('data', (bytes: Buffer) => {
		text += bytes.toString('latin1');
		wake();
	});
	qemu.on('error', (error) => t.fail(`qemu-system-aarch64: ${error.message}`));
	const until = async (end: string): Promise<string> => {
		while (!text.includes(end)) await new Promise<void>((resolve) => (wake = resolve));
		const said = text.slice(0, text.indexOf(end));
		text = text.slice(said.length + end.length);
		return said;
	};
	await until('Hit any key');
	qemu.stdin.write('\n');
	await until('\n=> ');
	return {
		/** What it answered, without the echo. */
		run: async (command: string): Promise<string> => {
			qemu.stdin.write(`${command}\n`);
			const said = await until('\n=> ');
			return said.slice(said.indexOf('\n') + 1).replaceAll('\r', '');
		},
		end: async (): Promise<void> => {
			const ended = new Promise((resolve) => qemu.once('exit', resolve));
			qemu.stdin.write('poweroff\n');
			await ended;
		},
	};
}

async function diskWith(t: ExecutionContext, states: readonly BootState[]) {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-u-boot-'));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	const path = join(folder, 'disk');
	await writeFile(path, '');
	await truncate(path, 1_048_576);
	const device = await BlockDeviceFile.open(path);
	t.teardown(() => device[Symbol.asyncDispose]());
	for (const [place, state] of states.entries())
		await device.write(copyPlaces[place] ?? 0, encodeBootState(state));
	await device.sync();
	return { path, device };
}

const names = 'seq order a_left a_good b_left b_good floor tried reason';

test('U-Boot reads what was written here, and what it writes is read here', async (t) => {
	const older: BootState = { ...lostBootState, seq: 30, tried: 'a' };
	const newer: BootState = {
		seq: 31,
		order: ['b', 'a'],
		a: { left: 3, isGood: true },
		b: { left: 16, isGood: false },
		floor: 26,
		reason: 'not-started',
	};
	const { path, device } = await diskWith(t, [older, newer]);
	const uBoot = await startUBoot(t, path);

	await uBoot.run('virtio scan; virtio dev 0; virtio read 0x41000000 0x40 1');
	await uBoot.run('env import -c 0x41000000 0x200');
	t.is(
		await uBoot.run('printenv seq order a_left a_good b_left b_good floor reason'),
		'seq=1f\norder=b a\na_left=3\na_good=1\nb_left=10\nb_good=0\nfloor=1a\nreason=not-started',
	);
	await uBoot.run('setexpr b_left $b_left - 1; setexpr seq $seq + 1; setenv tried b');
	await uBoot.run(`env export -c -s 0x200 0x42000000 ${names}; virtio write 0x42000000 0 1`);
	await uBoot.end();

	const store = await BootStateStore.open(device);
	t.deepEqual(store.state, { ...newer, seq: 32, tried: 'b', b: { left: 15, isGood: false } });
});

test('U-Boot refuses a copy that is torn', async (t) => {
	const { path, device } = await diskWith(t, [lostBootState]);
	await device.write(40, new Uint8Array([1, 2, 3]));
	await device.sync();
	const uBoot = await startUBoot(t, path);

	await uBoot.run('virtio scan; virtio dev 0; virtio read 0x41000000 0 1');
	t.regex(await uBoot.run('env import -c 0x41000000 0x200'), /bad CRC/);
	await uBoot.end();
});
