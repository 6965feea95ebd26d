/** The image that a box runs from: its root says what it is, the boot loader's words to the kernel which slot. */
import { readFile } from 'node:fs/promises';
import { ConfigError } from './config.ts';
import type { FactoryModule } from './factory/factory-module.ts';
import type { SlotName } from './slots/boot-state.ts';
import type { HealthWindow } from './slots/health-window.ts';
import type { Partition } from './slots/update-manifest.ts';

/** As it stands in the verified root. */
export interface ImageDescription {
	readonly board: string;
	readonly version: string;
	/** What counts up with each release. */
	readonly release: number;
	/** The slot that runs; without it, what the boot loader told the kernel. */
	readonly slot?: SlotName;
	readonly devices: {
		readonly bootState: string;
		readonly slots: Readonly<Record<SlotName, Readonly<Record<Partition, string>>>>;
		/** The descriptor under which init has left the hardware watchdog open, where the board has one. */
		readonly watchdog?: number;
		/** Folder of the power supplies, where it is not the kernel's own. */
		readonly powerSupply?: string;
	};
	/** What it carries; without it, it leaves the modules of the box alone. */
	readonly modules?: readonly FactoryModule[];
	/** After so long without a word the watchdog resets the box. */
	readonly watchdogSeconds?: number;
	/** How a release on trial is found good, where not as usual. */
	readonly trial?: HealthWindow;
}

export interface OwnImage extends ImageDescription {
	readonly slot: SlotName;
}

/** @throws ConfigError `bad-image` */
export async function readOwnImage(file: string, commandLineFile = '/proc/cmdline'): Promise<OwnImage> {
	let description: ImageDescription;
	let commandLine: string;
	try {
		description = JSON.parse(await readFile(file, 'utf8'));
		commandLine = description.slot === undefined ? await readFile(commandLineFile, 'utf8') : '';
	} catch (cause) {
		throw new ConfigError('bad-image', `${file} cannot be read: ${(cause as Error).message}`, { cause });
	}
	const { board, version, release, devices } = description;
	const isWhole = typeof board === 'string' && typeof version === 'string' && Number.isSafeInteger(release);
	if (!isWhole || devices?.slots?.a === undefined || devices.slots.b === undefined)
		throw new ConfigError('bad-image', `${file} lacks board, version, release or devices`);
	const [, slot = description.slot] = /(?:^|\s)mullion\.slot=([ab])(?:\s|$)/.exec(commandLine) ?? [];
	if (slot !== 'a' && slot !== 'b')
		throw new ConfigError('bad-image', 'the boot loader did not say which slot it started');
	return { ...description, slot };
}
