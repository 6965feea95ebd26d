/** The slots of a real box: partitions of the kernel, the trial of what runs, and a restart by its init. */
import type { Clock } from '../../runtime/clock.ts';
import type { Directory } from '../../runtime/directory.ts';
import { BlockDeviceFile } from '../hal/block-device-file.ts';
import { pieceReclaimer } from '../hal/reclaim.ts';
import type { OwnImage } from '../own-image.ts';
import type { SlotName } from '../slots/boot-state.ts';
import type { Health } from '../slots/health.ts';
import type { SlotDevices } from '../slots/release-writer.ts';
import { Updater } from '../slots/updater.ts';
import { FirmwareManager, type FirmwareManagerOptions } from './firmware-manager.ts';
import { Home, type HomeOptions } from './home.ts';

export interface FirmwareBoxOptions
	extends Pick<FirmwareManagerOptions, 'trust' | 'reader' | 'isIdle' | 'onGood' | 'onNote'> {
	readonly hub: HomeOptions['hub'];
	/** Of profiles at home whose word on firmware counts. */
	readonly roles: readonly string[];
	readonly image: OwnImage;
	/** A folder of its own. */
	readonly directory: Directory;
	readonly clock: Clock;
	readonly health: Health;
	/** Has the box start anew. */
	readonly restart: () => Promise<void>;
}

/** Errors: `no-device`, and those of `Updater.start`. */
export async function openFirmware(options: FirmwareBoxOptions) {
	const { image, directory, clock, health, hub, roles, restart, onNote } = options;
	const { board, version, release, slot, devices } = image;
	await using opening = new AsyncDisposableStack();
	const open = async (path: string, isReadOnly = false): Promise<BlockDeviceFile> =>
		opening.use(await BlockDeviceFile.open(path, { isReadOnly }));
	// What runs is only ever read, and the kernel has it in use.
	const devicesOf = async (name: SlotName): Promise<SlotDevices> => ({
		boot: await open(devices.slots[name].boot, name === slot),
		root: await open(devices.slots[name].root, name === slot),
	});
	const { updater, report } = await Updater.start({
		board,
		running: { slot, version, release },
		bootState: await open(devices.bootState),
		slots: { a: await devicesOf('a'), b: await devicesOf('b') },
		directory,
		health,
		clock,
		// Whoever closes the box waits for the trial to end, so the trial must not wait for that.
		restart: async () => void restart(),
		reclaim: pieceReclaimer(),
		...(image.trial && { window: image.trial }),
	});
	onNote(`firmware ${version}, release ${release}, in slot ${slot} is ${report.state}`);
	const home = new Home({ hub, clock, roles, update: () => manager.update(), onNote });
	opening.defer(() => home.close());
	const about = { updater, report, board, version, release, home };
	const manager: FirmwareManager = await FirmwareManager.open({ ...options, ...about });
	const opened = opening.move();
	opened.defer(() => manager.close());
	return { manager, close: () => opened.disposeAsync() };
}
