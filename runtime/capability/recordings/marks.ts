/**
 * Up to where a recording is on disk for certain: a mark for each group of bytes that was written.
 *
 * A group and its mark are written side by side, and the next group only once both are on disk. So after a cut every
 * mark but the last is of a group that is there, and the last one is checked against its bytes.
 * A mark is 16 bytes, little-endian: where the group ends (8), the checksum of the group (4) and of the 12 before (4).
 */
export type Checksum = (bytes: Uint8Array) => number;

export interface Mark {
	/** Of the recording, behind the group. */
	readonly end: number;
	readonly checksum: number;
}

export const markBytes = 16;

export function encodeMark({ end, checksum }: Mark, checksumOf: Checksum): Uint8Array {
	const bytes = new Uint8Array(markBytes);
	const view = new DataView(bytes.buffer);
	view.setBigUint64(0, BigInt(end), true);
	view.setUint32(8, checksum, true);
	view.setUint32(12, checksumOf(bytes.subarray(0, 12)), true);
	return bytes;
}

/** Those before the first that is damaged, torn, or does not go on behind the one before. */
export function decodeMarks(bytes: Uint8Array, checksumOf: Checksum): Mark[] {
	const marks: Mark[] = [];
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
	for (let at = 0; at + markBytes <= bytes.length; at += markBytes) {
		const end = view.getBigUint64(at, true);
		const isWhole = view.getUint32(at + 12, true) === checksumOf(bytes.subarray(at, at + 12)) >>> 0;
		if (!isWhole || end > Number.MAX_SAFE_INTEGER || Number(end) <= (marks.at(-1)?.end ?? 0)) break;
		marks.push({ end: Number(end), checksum: view.getUint32(at + 8, true) });
	}
	return marks;
}
