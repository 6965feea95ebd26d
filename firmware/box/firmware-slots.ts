/** The slots of the box that it runs from: a release on trial is kept only if the box is as healthy as before. */
import type { Clock } from '../../runtime/clock.ts';
import type { Directory } from '../../runtime/directory.ts';
import { codeOf } from '../../runtime/error.ts';
import { BlockDeviceFile } from '../hal/block-device-file.ts';
import type { OwnImage } from '../own-image.ts';
import type { SlotName } from '../slots/boot-state.ts';
import type { Health } from '../slots/health.ts';
import type { HealthWindow } from '../slots/health-window.ts';
import type { SlotDevices } from '../slots/release-writer.ts';
import { Updater } from '../slots/updater.ts';

export interface FirmwareSlotsOptions {
	readonly image: OwnImage;
	readonly directory: Directory;
	readonly health: Health;
	readonly clock: Clock;
	/** Ends the firmware in order, whereupon the box starts anew. */
	readonly restart: () => Promise<void>;
	readonly window?: HealthWindow;
	readonly tell: (level: 'info' | 'warn' | 'error', text: string) => void;
}

/** Errors: `no-device`, those of `Updater.start`. */
export async function openFirmwareSlots(options: FirmwareSlotsOptions) {
	const { image, tell, window } = options;
	const { bootState, slots } = image.devices;
	await using stack = new AsyncDisposableStack();
	const device = async (path: string): Promise<BlockDeviceFile> =>
		stack.use(await BlockDeviceFile.open(path));
	const devicesOf = async (slot: SlotName): Promise<SlotDevices> => ({
		boot: await device(slots[slot].boot),
		root: await device(slots[slot].root),
	});
	const { updater, report } = await Updater.start({
		board: image.board,
		running: { slot: image.slot, release: image.release },
		bootState: await device(bootState),
		slots: { a: await devicesOf('a'), b: await devicesOf('b') },
		directory: options.directory,
		health: options.health,
		clock: options.clock,
		restart: options.restart,
		...(window && { window }),
	});
	const what = `${image.version}, release ${image.release}, in slot ${image.slot}`;
	tell('info', `firmware ${what} is ${report.state}`);
	if (report.lost !== undefined) tell('error', `${report.lost.code}: ${report.lost.message}`);
	if (report.failed !== undefined)
		tell('error', `an update was given back: ${JSON.stringify(report.failed)}`);
	const over = new AbortController();
	stack.defer(() => over.abort());
	if (report.state === 'trial')
		updater.trial(over.signal).then(
			(verdict) => tell(verdict === 'healthy' ? 'info' : 'error', `firmware ${what} is ${verdict}`),
			(error: unknown) => {
				if (!over.signal.aborted) tell('error', `the trial of ${what}: ${codeOf(error)}: ${error}`);
			},
		);
	const owned = stack.move();
	return { updater, report, close: () => owned.disposeAsync() };
}
