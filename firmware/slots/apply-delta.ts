/**
 * Makes an image of the one that runs and a patch, window by window: in memory are one window, its patch
 * and its stretch of the old image.
 *
 * Each window has a digest and none is given out before that is right, whatever the patch holds.
 */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, zstdDecompress } from 'node:zlib';
import type { BlockDevice } from './block-device.ts';
import { DeltaError } from './delta-error.ts';
import {
	type DeltaHead,
	type DeltaWindow,
	decodeDeltaHead,
	fixedBytes,
	headBytes,
	mostOldBytes,
	mostWindowBytes,
	windowCount,
	windowLength,
} from './delta-format.ts';
import { isWhole } from './slot-writer.ts';
import type { Image } from './write-marks.ts';

export interface DeltaUse {
	/** The patch from a place on to its end. */
	readonly patch: (from: number) => AsyncIterable<Uint8Array>;
	/** Begins with the old image. */
	readonly old: BlockDevice;
	/** What must come of it. */
	readonly image: Image;
	/** Where in the new image to begin; default at its start. */
	readonly from?: number;
}

/** Errors: every code of `DeltaError`, before the first byte unless `delta-damaged`; those of patch and device. */
export async function* applyDelta({ patch, old, image, from = 0 }: DeltaUse): AsyncGenerator<Uint8Array> {
	let stream = new PatchStream(patch(0));
	try {
		const head = await readHead(stream);
		if (head.new.length !== image.length || head.new.sha256 !== image.sha256)
			throw new DeltaError('delta-other-image', `the patch makes ${head.new.sha256}, not ${image.sha256}`);
		if (!(await isWhole(old, head.old)))
			throw new DeltaError('delta-base-mismatch', `the old image is not ${head.old.sha256}`);

		const first = Math.floor(from / head.windowBytes);
		if (first > 0) {
			await stream.close();
			const passed = head.windows.slice(0, first).reduce((bytes, { patchLength }) => bytes + patchLength, 0);
			stream = new PatchStream(patch(headBytes(head.windows.length) + passed));
		}
		for (let index = first; index < head.windows.length; index++) {
			const bytes = await makeWindow({ head, index, stream, old });
			yield index === first ? bytes.subarray(from - first * head.windowBytes) : bytes;
		}
		if (!(await stream.isAtEnd())) throw new DeltaError('delta-damaged', 'the patch goes on behind its end');
	} finally {
		await stream.close();
	}
}

async function readHead(stream: PatchStream): Promise<DeltaHead> {
	const fixed = await stream.take(fixedBytes);
	const table = await stream.take(headBytes(windowCount(fixed)) - fixedBytes);
	const head = new Uint8Array(fixed.length + table.length);
	head.set(fixed);
	head.set(table, fixed.length);
	return decodeDeltaHead(head);
}

async function makeWindow(options: {
	readonly head: DeltaHead;
	readonly index: number;
	readonly stream: PatchStream;
	readonly old: BlockDevice;
}): Promise<Uint8Array> {
	const { head, index, stream, old } = options;
	const { oldAt, oldLength, patchLength, sha256 } = head.windows[index] as DeltaWindow;
	const dictionary = new Uint8Array(oldLength);
	await old.read(oldAt, dictionary);
	const length = windowLength(head, index);
	let bytes: Uint8Array = dictionary;
	if (patchLength > 0) {
		const patch = await stream.take(patchLength);
		try {
			bytes = await promisify(zstdDecompress)(patch, {
				...(oldLength > 0 && { dictionary }),
				chunkSize: Math.max(length, 64),
				maxOutputLength: length,
				params: { [constants.ZSTD_d_windowLogMax]: Math.log2(2 * Math.max(mostOldBytes, mostWindowBytes)) },
			});
		} catch (cause) {
			throw new DeltaError('delta-damaged', `window ${index} of the patch does not unpack`, { cause });
		}
	}
	if (bytes.length !== length || createHash('sha256').update(bytes).digest('hex') !== sha256)
		throw new DeltaError('delta-damaged', `window ${index} of the patch gives other bytes than it should`);
	return bytes;
}

/** Takes exact lengths from chunks of any size. */
class PatchStream {
	readonly #chunks: AsyncIterator<Uint8Array>;
	#rest: Uint8Array = new Uint8Array();

	constructor(chunks: AsyncIterable<Uint8Array>) {
		this.#chunks = chunks[Symbol.asyncIterator]();
	}

	/** @throws DeltaError `delta-damaged` if so many do not come */
	async take(length: number): Promise<Uint8Array> {
		const bytes = new Uint8Array(length);
		for (let filled = 0; filled < length; ) {
			if (!(await this.#hasMore())) throw new DeltaError('delta-damaged', 'the patch ended early');
			const part = this.#rest.subarray(0, length - filled);
			bytes.set(part, filled);
			filled += part.length;
			this.#rest = this.#rest.subarray(part.length);
		}
		return bytes;
	}

	async isAtEnd(): Promise<boolean> {
		return !(await this.#hasMore());
	}

	async close(): Promise<void> {
		await this.#chunks.return?.();
	}

	async #hasMore(): Promise<boolean> {
		while (this.#rest.length === 0) {
			const next = await this.#chunks.next();
			if (next.done === true) return false;
			this.#rest = next.value;
		}
		return true;
	}
}
