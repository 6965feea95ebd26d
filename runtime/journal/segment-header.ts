/**
 * What a segment says of itself before its groups: 136 bytes that keep their layout in every version of
 * the format, then the table of streams.
 *
 * In order: mark of 8 bytes, version, salt, first sequence, sequence it follows, bytes of the table,
 * checksum of the table, 8 bytes of zero, length of the cell's name, the name, checksum of all that.
 */
import type { Checksum } from './checksum.ts';
import { mostSequence } from './group-buffer.ts';
import { decodeStreams, encodeStreams, type Stream } from './stream.ts';

export const formatVersion = 2;
const mark = new TextEncoder().encode('MULLJRNL');
const headBytes = 136;
const nameAt = 49;
const checksumAt = 132;
/** Bytes of UTF-8 that a cell's name may have. */
export const mostCellBytes = checksumAt - nameAt;

export interface SegmentHeader {
	readonly version: number;
	readonly cell: string;
	/** What every group of this segment carries, drawn at random. */
	readonly salt: number;
	/** Sequence of its first record; what a segment before says of this one and later ones does not count. */
	readonly first: number;
	/** Sequence of the last record before it. */
	readonly follows: number;
	/** As they stood before the first record. */
	readonly streams: readonly Stream[];
}

/** The file that a segment is in: in byte order the names are in log order. */
export function segmentName(first: number): string {
	return `${String(first).padStart(16, '0')}.segment`;
}

/** Undefined for a file that is no segment. */
export function firstOfName(name: string): number | undefined {
	const digits = /^(\d{16})\.segment$/.exec(name)?.[1];
	return digits === undefined || Number(digits) > mostSequence ? undefined : Number(digits);
}

export function encodeHeader(header: SegmentHeader, checksum: Checksum): Uint8Array {
	const cell = new TextEncoder().encode(header.cell);
	const table = encodeStreams(header.streams);
	const bytes = new Uint8Array(headBytes + Math.ceil(table.length / 8) * 8);
	const view = new DataView(bytes.buffer);
	bytes.set(mark);
	view.setUint32(8, header.version, true);
	view.setUint32(12, header.salt, true);
	view.setBigUint64(16, BigInt(header.first), true);
	view.setBigUint64(24, BigInt(header.follows), true);
	view.setUint32(32, table.length, true);
	view.setUint32(36, checksum(table), true);
	view.setUint8(48, cell.length);
	bytes.set(cell, nameAt);
	view.setUint32(checksumAt, checksum(bytes.subarray(0, checksumAt)), true);
	bytes.set(table, headBytes);
	return bytes;
}

/**
 * The header, and where the groups begin; undefined where it is damaged. Of another version only
 * `version` and `cell` can be relied on.
 */
export function decodeHeader(
	bytes: Uint8Array,
	checksum: Checksum,
): { header: SegmentHeader; end: number } | undefined {
	if (bytes.length < headBytes || mark.some((byte, at) => bytes[at] !== byte)) return undefined;
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
	if (checksum(bytes.subarray(0, checksumAt)) !== view.getUint32(checksumAt, true)) return undefined;
	const version = view.getUint32(8, true);
	const cell = new TextDecoder().decode(
		bytes.subarray(nameAt, nameAt + Math.min(mostCellBytes, view.getUint8(48))),
	);
	const tableBytes = view.getUint32(32, true);
	const salt = view.getUint32(12, true);
	const [first, follows] = [Number(view.getBigUint64(16, true)), Number(view.getBigUint64(24, true))];
	const isOurs = version === formatVersion;
	if (isOurs && !(follows < first && first <= mostSequence)) return undefined;
	const table = bytes.subarray(headBytes, headBytes + tableBytes);
	const isTableRight = table.length === tableBytes && checksum(table) === view.getUint32(36, true);
	const streams = isOurs && isTableRight ? decodeStreams(table) : [];
	if (streams === undefined || (isOurs && !isTableRight)) return undefined;
	return {
		header: { version, cell, salt, first, follows, streams },
		end: headBytes + Math.ceil(tableBytes / 8) * 8,
	};
}
