/** A copy of a disk that becomes one state after the other, for what looks at whole disks. */
import type { FileHandle } from 'node:fs/promises';
import type { CrashState } from './crash-states.ts';
import { type Change, changesBetween, type Extent, part } from './extent-map.ts';

/** Data is read and written in pieces of at most this many bytes. */
const pieceBytes = 1024 * 1024;

/** Only what differs from the state before is written, so that a thousand states cost little more than the log. */
export class CrashDisk {
	readonly #copy: FileHandle;
	readonly #base: FileHandle;
	#present: readonly Extent[] = [];

	/**
	 * @param copy of the base; nobody else writes to it
	 * @param base the disk before the log began
	 */
	constructor({ copy, base }: { readonly copy: FileHandle; readonly base: FileHandle }) {
		this.#copy = copy;
		this.#base = base;
	}

	/** @param state undefined for the base */
	async become(state: CrashState | undefined): Promise<void> {
		const extents = state?.extents ?? [];
		for (const change of changesBetween(this.#present, extents))
			for (const piece of pieces(change)) {
				const isFromLog = !change.isBare && state !== undefined;
				const data = isFromLog ? await state.dataOf(piece) : await this.#baseOf(piece);
				await writeAll(this.#copy, data, piece.offset);
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
