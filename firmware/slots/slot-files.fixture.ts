/** Slots as files in a folder, for tests: release 1 in slot a, as the box left the factory. */
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BlockDeviceFile } from '../hal/block-device-file.ts';
import type { OwnImage } from '../own-image.ts';
import { encodeBootState, type SlotName } from './boot-state.ts';
import { bootOnce } from './simulated-boot-loader.ts';
import { factoryState, imagesOf } from './testbed.fixture.ts';

export const slotBytes = { boot: 200_000, root: 1_500_000 };

export async function makeSlotFiles(folder: string, state = factoryState): Promise<void> {
	await mkdir(folder, { recursive: true });
	const { boot, root } = imagesOf(1);
	for (const [name, bytes, size] of [
		['bootstate', encodeBootState(state), 1_048_576],
		['boot-a', boot, slotBytes.boot],
		['root-a', root, slotBytes.root],
		['boot-b', new Uint8Array(), slotBytes.boot],
		['root-b', new Uint8Array(), slotBytes.root],
	] as const) {
		await writeFile(join(folder, name), bytes);
		await truncate(join(folder, name), size);
	}
}

/** The slot that the boot loader starts. */
export async function bootFrom(folder: string): Promise<SlotName> {
	await using bootState = await BlockDeviceFile.open(join(folder, 'bootstate'));
	return await bootOnce(bootState);
}

export function devicesIn(folder: string): OwnImage['devices'] {
	const at = (name: string): string => join(folder, name);
	return {
		bootState: at('bootstate'),
		slots: { a: { boot: at('boot-a'), root: at('root-a') }, b: { boot: at('boot-b'), root: at('root-b') } },
	};
}
