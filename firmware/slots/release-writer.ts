/** Writes both images of a release into a slot. */
import type { Clock } from '../../runtime/clock.ts';
import type { BlockDevice } from './block-device.ts';
import type { SlotName } from './boot-state.ts';
import type { ImageSource } from './image-source.ts';
import { requireRoom, writeImage } from './slot-writer.ts';
import { type FirmwareUpdate, type Partition, partitions } from './update-manifest.ts';
import type { WriteMarks } from './write-marks.ts';

export type SlotDevices = Readonly<Record<Partition, BlockDevice>>;

export interface InstallOptions {
	readonly signal?: AbortSignal;
	readonly onProgress?: (progress: { readonly partition: Partition; readonly bytes: number }) => void;
}

export interface ReleaseWrite extends InstallOptions {
	readonly slot: SlotName;
	readonly devices: SlotDevices;
	/** Of the slot that runs, to apply patches to. */
	readonly old: SlotDevices;
	readonly marks: WriteMarks;
	readonly clock: Clock;
	readonly source: ImageSource;
	readonly reclaim?: (() => void) | undefined;
}

/** Errors: those of `writeImage` and of the source. */
export async function writeRelease({ parts, deltas }: FirmwareUpdate, write: ReleaseWrite): Promise<void> {
	const { slot, devices, old, marks, clock, source, signal, onProgress, reclaim } = write;
	for (const partition of partitions) {
		const request = {
			image: parts[partition],
			deltas: deltas.filter((delta) => delta.partition === partition),
			old: old[partition],
			signal,
		};
		await writeImage({
			device: devices[partition],
			partition: `${partition}-${slot}`,
			image: parts[partition],
			marks,
			clock,
			read: (from) => source.read({ ...request, from }),
			signal,
			onProgress: (bytes) => onProgress?.({ partition, bytes }),
			reclaim,
		});
	}
}

/** @throws SlotWriteError `image-too-large` */
export function requireRoomFor(
	{ parts }: FirmwareUpdate,
	{ slot, devices }: Pick<ReleaseWrite, 'slot' | 'devices'>,
): void {
	for (const partition of partitions) {
		requireRoom({ device: devices[partition], partition: `${partition}-${slot}`, image: parts[partition] });
	}
}
