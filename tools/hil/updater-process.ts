/**
 * One start of a box with its slots as files, until it restarts or is killed: the boot loader's double chooses,
 * what was started on trial is found healthy, and the next release is installed and activated. It says
 * `booted SLOT RELEASE`, `found healthy`, `activated RELEASE`.
 *
 * Arguments: the folder of the slots; the newest release there can be.
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { BlockDeviceFile } from '../../firmware/hal/block-device-file.ts';
import { systemClock } from '../../firmware/hal/clock.ts';
import { openDirectory } from '../../firmware/hal/directory.ts';
import { otherSlot, type SlotName } from '../../firmware/slots/boot-state.ts';
import { SimulatedHealth } from '../../firmware/slots/simulated-health.ts';
import { bootFrom } from '../../firmware/slots/slot-files.fixture.ts';
import { board, imagesOf, sourceOf, updateOf } from '../../firmware/slots/testbed.fixture.ts';
import { Updater } from '../../firmware/slots/updater.ts';
import { releaseIn } from './updater-slots.ts';

const [folder = '', newest = ''] = process.argv.slice(2);
const say = (text: string): void => void writeSync(1, `${text}\n`);
const device = (name: string): Promise<BlockDeviceFile> => BlockDeviceFile.open(join(folder, name));
const slotOf = async (slot: SlotName) => ({
	boot: await device(`boot-${slot}`),
	root: await device(`root-${slot}`),
});

const slot = await bootFrom(folder);
const release = await releaseIn(folder, slot, Number(newest));
if (release === undefined) throw new Error(`slot ${slot} was started and is no whole release`);
say(`booted ${slot} ${release}`);
const { updater, report } = await Updater.start({
	board,
	running: { slot, version: `1.0.${release}`, release },
	bootState: await device('bootstate'),
	slots: { a: await slotOf('a'), b: await slotOf('b') },
	directory: await openDirectory(join(folder, 'records')),
	health: new SimulatedHealth(),
	clock: systemClock(),
	restart: async () => process.exit(0),
	window: { windowMs: 1000, everyMs: 5, needed: 3 },
});
if (report.state === 'trial') {
	await updater.trial();
	say('found healthy');
}
// A release that was cut off is brought to its end; else it is the one after the newest there is.
const before = (await releaseIn(folder, otherSlot(slot), Number(newest))) ?? 0;
const wanted = Math.max(release, before) + 1;
const images = imagesOf(wanted);
const update = updateOf({ release: wanted, images });
await updater.install(update, sourceOf(images, update));
say(`activated ${wanted}`);
await updater.activate();
