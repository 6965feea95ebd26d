/**
 * Brings an image into a partition as it comes, without ever holding more than a piece of it.
 *
 * What was written is read back and has the promised digest before this returns. A write that broke off
 * goes on from its last mark: what is in the partition up to there is hashed again, since the state of a
 * hash cannot be kept.
 */
import { createHash, type Hash } from 'node:crypto';
import type { BlockDevice } from './block-device.ts';
import { SlotWriteError } from './slot-write-error.ts';
import type { Image, WriteMarks } from './write-marks.ts';

export const pieceBytes = 1_048_576;

export interface ImageWrite {
	readonly device: BlockDevice;
	/** Its name in the marks. */
	readonly partition: string;
	readonly image: Image;
	readonly marks: WriteMarks;
	/** The image from a place on to its end, in chunks of any size. */
	readonly read: (from: number) => AsyncIterable<Uint8Array>;
	readonly signal?: AbortSignal | undefined;
	/** Called with the bytes that are written, first with those from an earlier start. */
	readonly onProgress?: ((bytes: number) => void) | undefined;
	/** Called for each piece, to free what carried it here. */
	readonly reclaim?: (() => void) | undefined;
	/** Bytes after which the partition is synced and marked; default 4 MiB. */
	readonly markEvery?: number;
}

/**
 * Errors: every code of `SlotWriteError`, those of the marks and of what is read, and the signal's reason.
 * After one, what is marked is kept for the next try, unless it is wrong.
 */
export async function writeImage(write: ImageWrite): Promise<void> {
	const { device, partition, image, marks } = write;
	requireRoom(write);
	const written = await marks.of(partition, image);
	if (written === image.length && (await isWhole(device, image))) {
		write.onProgress?.(written);
		return;
	}
	// What an earlier start left may be damaged: then, and only then, all of it is written once more.
	for (let from = written === image.length ? 0 : written; ; from = 0) {
		if ((await fill(write, from)) === image.sha256) break;
		await marks.set(partition, image, 0);
		if (from === 0)
			throw new SlotWriteError('digest-mismatch', `${partition}: what came does not have ${image.sha256}`);
	}
	if (await isWhole(device, image)) return;
	await marks.set(partition, image, 0);
	throw new SlotWriteError('read-back-failed', `${partition}: it does not give back what was written`);
}

/** Whether the partition begins with this image. Errors: `read-back-failed`. */
export async function isWhole(device: BlockDevice, image: Image): Promise<boolean> {
	if (image.length > device.size) return false;
	const hash = createHash('sha256');
	await hashDevice({ device, hash, end: image.length });
	return hash.digest('hex') === image.sha256;
}

/** @throws SlotWriteError `image-too-large` */
export function requireRoom({
	device,
	partition,
	image,
}: Pick<ImageWrite, 'device' | 'partition' | 'image'>): void {
	if (image.length <= device.size) return;
	const message = `${partition}: an image of ${image.length} bytes, where ${device.size} have room`;
	throw new SlotWriteError('image-too-large', message);
}

/** Writes all from a place on, and tells the digest of all. */
async function fill(write: ImageWrite, from: number): Promise<string> {
	const { device, partition, image, marks, read, signal, onProgress, reclaim } = write;
	const { markEvery = 4 * pieceBytes } = write;
	const hash = createHash('sha256');
	const piece = new Uint8Array(pieceBytes);
	let filled = 0;
	let at = from;
	let marked = from;

	const sync = async (): Promise<void> => {
		await onDevice(partition, () => device.sync());
		await marks.set(partition, image, at);
		marked = at;
	};
	const flush = async (): Promise<void> => {
		signal?.throwIfAborted();
		const bytes = piece.subarray(0, filled);
		await onDevice(partition, () => device.write(at, bytes));
		hash.update(bytes);
		at += filled;
		filled = 0;
		if (at - marked >= markEvery) await sync();
		onProgress?.(at);
		reclaim?.();
	};

	// A mark of what was there before would be a lie from the first write on.
	if (from === 0) await marks.set(partition, image, 0);
	await hashDevice({ device, hash, end: from });
	onProgress?.(from);
	for await (const chunk of read(from)) {
		if (at + filled + chunk.length > image.length) {
			await marks.set(partition, image, 0);
			throw new SlotWriteError('length-mismatch', `${partition}: more came than ${image.length} bytes`);
		}
		for (let used = 0; used < chunk.length; ) {
			const part = chunk.subarray(used, used + pieceBytes - filled);
			piece.set(part, filled);
			filled += part.length;
			used += part.length;
			if (filled === pieceBytes) await flush();
		}
	}
	if (filled > 0) await flush();
	if (at < image.length)
		throw new SlotWriteError('length-mismatch', `${partition}: ${at} bytes came, of ${image.length}`);
	await sync();
	return hash.digest('hex');
}

async function hashDevice({
	device,
	hash,
	end,
}: {
	device: BlockDevice;
	hash: Hash;
	end: number;
}): Promise<void> {
	const piece = new Uint8Array(pieceBytes);
	for (let at = 0; at < end; at += pieceBytes) {
		const part = piece.subarray(0, Math.min(pieceBytes, end - at));
		try {
			await device.read(at, part);
		} catch (cause) {
			throw new SlotWriteError('read-back-failed', `it cannot be read at ${at}`, { cause });
		}
		hash.update(part);
	}
}

async function onDevice(partition: string, step: () => Promise<void>): Promise<void> {
	try {
		await step();
	} catch (cause) {
		const reason = cause instanceof Error ? cause.message : String(cause);
		throw new SlotWriteError('write-failed', `${partition}: ${reason}`, { cause });
	}
}
