/** Makes the patch that makes one image of another: for the build of a release, not for the box. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, zstdCompress } from 'node:zlib';
import { type DeltaWindow, encodeDeltaHead, mostOldBytes, mostWindowBytes } from './delta-format.ts';

const compress = promisify(zstdCompress);

export interface DeltaOptions {
	/** Bytes of the new image that are made at a time; default 4 MiB. More packs better and takes more memory. */
	readonly windowBytes?: number;
	/** How far, before and behind, bytes may have moved and still be found; default 2 MiB. */
	readonly slackBytes?: number;
	/** Of Zstandard, 1 to 19; default 19. */
	readonly level?: number;
}

/** @throws RangeError if windows or slack are more than a box is ready to hold */
export async function makeDelta(
	old: Uint8Array,
	made: Uint8Array,
	{ windowBytes = 4_194_304, slackBytes = 2_097_152, level = 19 }: DeltaOptions = {},
): Promise<Uint8Array> {
	if (windowBytes > mostWindowBytes || windowBytes + 2 * slackBytes > mostOldBytes)
		throw new RangeError(
			`windows of ${windowBytes} bytes with ${slackBytes} of slack are too large for a box`,
		);
	// What stands behind an insertion has moved: by how much at most, the ends of the images tell.
	const shifts = new Set([0, old.length - made.length]);
	const windows: DeltaWindow[] = [];
	const patches: Uint8Array[] = [];
	for (let at = 0; at < made.length; at += windowBytes) {
		const bytes = made.subarray(at, at + windowBytes);
		let best: { entry: DeltaWindow; patch: Uint8Array } | undefined;
		for (const shift of shifts) {
			const found = await patchOf(bytes, { old, place: at + shift, slackBytes, level });
			if (best === undefined || found.patch.length < best.patch.length) best = found;
			if (found.patch.length === 0) break;
		}
		if (best === undefined) continue;
		windows.push(best.entry);
		patches.push(best.patch);
	}
	const head = encodeDeltaHead({ windowBytes, old: imageOf(old), new: imageOf(made), windows });
	return new Uint8Array(Buffer.concat([head, ...patches]));
}

interface Place {
	readonly old: Uint8Array;
	/** Where in the old image the bytes may have stood. */
	readonly place: number;
	readonly slackBytes: number;
	readonly level: number;
}

async function patchOf(bytes: Uint8Array, { old, place, slackBytes, level }: Place) {
	const sha256 = digestOf(bytes);
	const same = old.subarray(Math.max(0, place), Math.max(0, place) + bytes.length);
	if (Buffer.compare(same, bytes) === 0) {
		const entry = { oldAt: Math.max(0, place), oldLength: bytes.length, patchLength: 0, sha256 };
		return { entry, patch: new Uint8Array() };
	}
	const oldAt = Math.min(Math.max(0, place - slackBytes), old.length);
	const dictionary = old.subarray(oldAt, Math.max(oldAt, place + bytes.length + slackBytes));
	const patch = await compress(bytes, {
		...(dictionary.length > 0 && { dictionary }),
		params: {
			[constants.ZSTD_c_compressionLevel]: level,
			// The window must reach from the last byte back to the first of the dictionary.
			[constants.ZSTD_c_windowLog]: Math.max(10, Math.ceil(Math.log2(dictionary.length + bytes.length + 1))),
			[constants.ZSTD_c_enableLongDistanceMatching]: 1,
			[constants.ZSTD_c_checksumFlag]: 0,
		},
	});
	return { entry: { oldAt, oldLength: dictionary.length, patchLength: patch.length, sha256 }, patch };
}

function imageOf(bytes: Uint8Array) {
	return { length: bytes.length, sha256: digestOf(bytes) };
}

function digestOf(bytes: Uint8Array): string {
	return createHash('sha256').update(bytes).digest('hex');
}
