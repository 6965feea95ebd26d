/** A copy of a disk, or of a part of it, that becomes one state after the other, for what looks at whole files. */
import type { FileHandle } from 'node:fs/promises';
import type { CrashState } from './crash-states.ts';
import { type Change, changesBetween, type Extent, part } from './extent-map.ts';

/** Data is read and written in pieces of at most this many bytes. */
const pieceBytes = 1024 * 1024;

/** In bytes. */
export interface DiskPart {
	readonly offset: number;
	readonly length: number;
}

export interface CrashDiskOptions {
	/** Of the base, or of the range of it; nobody else writes to it. */
	readonly copy: FileHandle;
	/** The disk before the log began. */
	readonly base: FileHandle;
	/** What of the disk is in the copy. Default: all. */
	readonly range?: DiskPart;
}

/** Only what differs from the state before is written, so that a thousand states cost little more than the log. */
export class CrashDisk {
	readonly #copy: FileHandle;
	readonly #base: FileHandle;
	readonly #range: DiskPart;
	#present: readonly Extent[] = [];

	constructor({ copy, base, range = { offset: 0, length: Number.MAX_SAFE_INTEGER } }: CrashDiskOptions) {
		this.#copy = copy;
		this.#base = base;
		this.#range = range;
	}

	/** @param state undefined for the base */
	async become(state: CrashState | undefined): Promise<void> {
		const { offset, length } = this.#range;
		const extents = state?.within(offset, length) ?? [];
		for (const change of changesBetween(this.#present, extents))
			for (const piece of pieces(change)) {
				const isFromLog = !change.isBare && state !== undefined;
				const data = isFromLog ? await state.dataOf(piece) : await this.#baseOf(piece);
				await writeAll(this.#copy, data, piece.offset - offset);
			}
		this.#present = extents;
	}

	async #baseOf({ offset, length }: Extent): Promise<Buffer> {
		const buffer = Buffer.alloc(length);
		await this.#base.read(buffer, 0, length, offset);
		return buffer;
	}
}

function* pieces(change: Change): Generator<Extent> {
	const end = change.offset + change.length;
	for (let from = change.offset; from < end; from += pieceBytes)
		yield part(change, from, Math.min(end, from + pieceBytes));
}

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
	for (let done = 0; done < bytes.length; ) {
		const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
		done += bytesWritten;
	}
}
