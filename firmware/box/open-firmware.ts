/** The slots of a real box: partitions of the kernel, the trial of what runs, and a restart by its init. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Clock } from '../../runtime/clock.ts';
import type { Directory } from '../../runtime/directory.ts';
import { ConfigError, type FirmwareConfig } from '../config.ts';
import { BlockDeviceFile } from '../hal/block-device-file.ts';
import type { SlotName } from '../slots/boot-state.ts';
import type { Health } from '../slots/health.ts';
import { Updater } from '../slots/updater.ts';
import { FirmwareManager, type FirmwareManagerOptions } from './firmware-manager.ts';

const run = promisify(execFile);

export interface FirmwareBoxOptions
	extends Pick<FirmwareManagerOptions, 'trust' | 'reader' | 'isIdle' | 'onNote'> {
	readonly config: FirmwareConfig;
	/** A folder of its own. */
	readonly directory: Directory;
	readonly clock: Clock;
	readonly health: Health;
}

/** Errors: `bad-config` if nothing says which slot runs, `no-device`, and those of `Updater.start`. */
export async function openFirmware(options: FirmwareBoxOptions) {
	const { config, directory, clock, health } = options;
	const { board, version, release, partitions, restart: command = ['reboot'], trial = {} } = config;
	const slot = config.slot ?? (await runningSlot());
	await using opening = new AsyncDisposableStack();
	const open = async (name: string, isReadOnly = false): Promise<BlockDeviceFile> =>
		opening.use(await BlockDeviceFile.open(join(partitions, name), { isReadOnly }));
	// What runs is only ever read, and the kernel has it in use.
	const slotOf = async (name: SlotName) => ({
		boot: await open(`boot-${name}`, name === slot),
		root: await open(`root-${name}`, name === slot),
	});
	const slots = { a: await slotOf('a'), b: await slotOf('b') };
	const [program = '', ...args] = command;
	const { updater, report } = await Updater.start({
		board,
		running: { slot, release },
		bootState: await open('bootstate'),
		slots,
		directory,
		health,
		clock,
		window: trial,
		restart: async () => void (await run(program, args)),
	});
	const manager = await FirmwareManager.open({ ...options, updater, report, board, version });
	const devices = opening.move();
	devices.defer(() => manager.close());
	return { manager, close: () => devices.disposeAsync() };
}

/** What the boot loader has told the kernel. */
async function runningSlot(): Promise<SlotName> {
	const line = await readFile('/proc/cmdline', 'utf8');
	const slot = /(?:^|\s)mullion\.slot=([ab])(?:\s|$)/.exec(line)?.[1];
	if (slot === 'a' || slot === 'b') return slot;
	throw new ConfigError(
		'bad-config',
		'nothing says which slot runs: neither the command line nor firmware.slot',
	);
}
