/**
 * Brings an image into a partition as it comes, without ever holding more than a piece of it.
 *
 * What was written is read back and has the promised digest before this returns: one of what came would say
 * nothing of what is there. A write that broke off goes on from its last mark.
 */
import { createHash, type Hash } from 'node:crypto';
import type { Clock } from '../../runtime/clock.ts';
import type { BlockDevice } from './block-device.ts';
import { SlotWriteError } from './slot-write-error.ts';
import type { Image, WriteMarks } from './write-marks.ts';

export const pieceBytes = 1_048_576;

/**
 * A mark costs a sync of the partition and one of its own file. Where an image comes fast, as much as was not marked
 * has soon come again; where it comes slowly, each byte counts.
 */
export interface Marking {
	/** Bytes since the last mark, at least. */
	readonly bytes: number;
	/** Microseconds since the last mark, at least. */
	readonly us: number;
}

const usualMarking: Marking = { bytes: 4 * pieceBytes, us: 2_000_000 };

export interface ImageWrite {
	readonly device: BlockDevice;
	/** Its name in the marks. */
	readonly partition: string;
	readonly image: Image;
	readonly marks: WriteMarks;
	readonly clock: Clock;
	/** The image from a place on to its end, in chunks of any size. */
	readonly read: (from: number) => AsyncIterable<Uint8Array>;
	readonly signal?: AbortSignal | undefined;
	/** Called with the bytes that are written, first with those from an earlier start. */
	readonly onProgress?: ((bytes: number) => void) | undefined;
	/** Called for each piece, to free what carried it here. */
	readonly reclaim?: (() => void) | undefined;
	/** When the partition is synced and marked before its end; default 4 MiB and 2 s. */
	readonly marking?: Marking;
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
	await fill(write, written === image.length ? 0 : written);
	if (await isWhole(device, image)) return;
	// What an earlier start left, what came, or what the device kept was wrong: all is written once more, and this
	// time who was wrong is seen.
	await marks.set(partition, image, 0);
	const hash = createHash('sha256');
	await fill(write, 0, hash);
	if (await isWhole(device, image)) return;
	await marks.set(partition, image, 0);
	if (hash.digest('hex') !== image.sha256)
		throw new SlotWriteError('digest-mismatch', `${partition}: what came does not have ${image.sha256}`);
	throw new SlotWriteError('read-back-failed', `${partition}: it does not give back what was written`);
}

/** Whether the partition begins with this image. Errors: `read-back-failed`. */
export async function isWhole(device: BlockDevice, image: Image): Promise<boolean> {
	if (image.length > device.size) return false;
	const hash = createHash('sha256');
	for await (const piece of piecesOf(device, image.length)) hash.update(piece);
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

/** Writes all from a place on. @param hash of what comes */
async function fill(write: ImageWrite, from: number, hash?: Hash): Promise<void> {
	const { device, partition, image, marks, clock, read, signal, onProgress, reclaim } = write;
	const { marking = usualMarking } = write;
	// One is filled while the other is written.
	let piece = new Uint8Array(pieceBytes);
	let spare = new Uint8Array(pieceBytes);
	let filled = 0;
	/** Where the piece goes. */
	let at = from;
	let written = from;
	let writing: Promise<void> = Promise.resolve();
	let marked = from;
	let markedAt = clock.now();
	let syncing: Promise<void> = Promise.resolve();

	// More may come, and be written, while what is there becomes durable.
	const mark = async (): Promise<void> => {
		await syncing;
		const there = written;
		marked = there;
		markedAt = clock.now();
		syncing = onDevice(partition, () => device.sync()).then(() => marks.set(partition, image, there));
		// What it failed with is seen where it is waited for.
		syncing.catch(() => undefined);
	};
	const isDue = (): boolean =>
		// A clock that is put back does not put marks off.
		written - marked >= marking.bytes && Math.abs(clock.now() - markedAt) >= marking.us;
	const put = async (bytes: Uint8Array): Promise<void> => {
		await onDevice(partition, () => device.write(written, bytes));
		hash?.update(bytes);
		written += bytes.length;
		if (isDue()) await mark();
		onProgress?.(written);
		reclaim?.();
	};
	const flush = async (): Promise<void> => {
		await writing;
		signal?.throwIfAborted();
		writing = put(piece.subarray(0, filled));
		writing.catch(() => undefined);
		[piece, spare] = [spare, piece];
		at += filled;
		filled = 0;
	};

	// What could not be written before this is told to whoever syncs next: it is no word about what comes now.
	await device.sync().catch(() => undefined);
	// A mark of what was there before would be a lie from the first write on.
	if (from === 0) await marks.set(partition, image, 0);
	onProgress?.(from);
	try {
		for await (const chunk of read(from)) {
			if (at + filled + chunk.length > image.length) {
				await writing;
				await syncing;
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
		await writing;
		if (at < image.length)
			throw new SlotWriteError('length-mismatch', `${partition}: ${at} bytes came, of ${image.length}`);
		await mark();
	} finally {
		// Nobody must find the device in use, or the mark of this write behind that of a later one.
		await writing.catch(() => undefined);
		await syncing.catch(() => undefined);
	}
	await syncing;
}

/** Each is read while the one before is used, and is changed after it. */
async function* piecesOf(device: BlockDevice, end: number): AsyncGenerator<Uint8Array> {
	const memory = [new Uint8Array(pieceBytes), new Uint8Array(pieceBytes)] as const;
	const read = async (at: number): Promise<Uint8Array> => {
		const piece = memory[(at / pieceBytes) % 2 === 0 ? 0 : 1].subarray(0, Math.min(pieceBytes, end - at));
		try {
			await device.read(at, piece);
		} catch (cause) {
			throw new SlotWriteError('read-back-failed', `it cannot be read at ${at}`, { cause });
		}
		return piece;
	};
	let next = end > 0 ? read(0) : undefined;
	for (let at = 0; next !== undefined; at += pieceBytes) {
		const piece = await next;
		next = at + pieceBytes < end ? read(at + pieceBytes) : undefined;
		next?.catch(() => undefined);
		yield piece;
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
