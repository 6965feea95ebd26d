/** What is in the slots of a folder of files: which release each holds whole, and which of them are started. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SlotName } from '../../firmware/slots/boot-state.ts';
import { BootStateStore } from '../../firmware/slots/boot-state-store.ts';
import { MemoryBlockDevice } from '../../firmware/slots/memory-block-device.ts';
import { bootOnce } from '../../firmware/slots/simulated-boot-loader.ts';
import { imagesOf } from '../../firmware/slots/testbed.fixture.ts';
import { partitions } from '../../firmware/slots/update-manifest.ts';

/** More than all slots together have starts. */
const starts = 20;

/** Of releases from 1 to the newest; undefined where none of them is there from its first byte to its last. */
export async function releaseIn(folder: string, slot: SlotName, newest: number): Promise<number | undefined> {
	const held = await Promise.all(
		partitions.map((partition) => readFile(join(folder, `${partition}-${slot}`))),
	);
	for (let release = newest; release > 0; release--) {
		const images = imagesOf(release);
		const isWhole = partitions.every((partition, at) => held[at]?.indexOf(images[partition]) === 0);
		if (isWhole) return release;
	}
	return undefined;
}

/** The slots that the boot loader would start from now on, with nobody else at work. Errors: `boot-state-lost` */
export async function slotsStarted(folder: string): Promise<Set<SlotName>> {
	const content = await readFile(join(folder, 'bootstate'));
	const device = new MemoryBlockDevice({ size: content.length, content });
	const { lost } = await BootStateStore.open(device);
	if (lost !== undefined) throw lost;
	const slots = new Set<SlotName>();
	for (let left = starts; left > 0; left--) slots.add(await bootOnce(device));
	return slots;
}
