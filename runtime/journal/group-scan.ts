/**
 * Finds the groups in the bytes of a segment, and what is damaged between them.
 *
 * Nothing is copied, and no number of the file is trusted before its checksum was right. Behind damage
 * the next group is looked for by its mark and the segment's salt: a guest whose payload looks like a
 * group cannot know the salt.
 */
import { Checker, checkUnit } from '../digest/checked-bytes.ts';
import type { Checksum } from './checksum.ts';
import { groupHeaderBytes, groupMark, mostSequence, recordHeaderBytes } from './group-buffer.ts';

export interface Group {
	readonly tag: 'group';
	/** Sequence of its first record. */
	readonly first: number;
	readonly count: number;
	/** Where its records begin. */
	readonly body: number;
}

export interface Damaged {
	readonly tag: 'damaged';
	readonly bytes: number;
}

export interface ScannedRecord {
	readonly sequence: number;
	readonly kind: number;
	readonly stream: number;
	/** A view into the segment's bytes. */
	readonly payload: Uint8Array;
}

export interface ScanOptions {
	/** The whole segment. */
	readonly bytes: Uint8Array;
	/** Where the first group begins. */
	readonly from: number;
	readonly salt: number;
	readonly checksum: Checksum;
}

export function* scanGroups({ bytes, from, salt, checksum }: ScanOptions): Generator<Group | Damaged> {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
	const checker = new Checker();
	let damagedFrom = from;
	let at = from;
	while (at < bytes.length) {
		const bodyBytes = bodyLength({ bytes, view, at, salt, checksum });
		const body = at + groupHeaderBytes;
		const isWhole =
			bodyBytes !== undefined &&
			body + bodyBytes <= bytes.length &&
			checker.check(bytes.subarray(body, body + bodyBytes)) === view.getUint32(at + 24, true) &&
			isFilled(view, { at, body, bodyBytes });
		if (!isWhole) {
			// A good header says how long its damaged body is; else the next one may begin anywhere.
			at += bodyBytes === undefined ? 8 : groupHeaderBytes + bodyBytes;
			continue;
		}
		if (at > damagedFrom) yield { tag: 'damaged', bytes: at - damagedFrom };
		const first = Number(view.getBigUint64(at + 16, true));
		yield { tag: 'group', first, count: view.getUint32(at + 12, true), body };
		at = body + bodyBytes;
		damagedFrom = at;
	}
	if (bytes.length > damagedFrom) yield { tag: 'damaged', bytes: bytes.length - damagedFrom };
}

/** The records of a group that `scanGroups` found in these bytes, in order. */
export function* recordsOf(bytes: Uint8Array, { first, count, body }: Group): Generator<ScannedRecord> {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
	let at = body;
	for (let index = 0; index < count; index++) {
		const length = view.getUint32(at, true);
		const tag = view.getUint32(at + 4, true);
		at += recordHeaderBytes;
		yield {
			sequence: first + index,
			kind: tag & 0xff,
			stream: tag >>> 8,
			payload: bytes.subarray(at, at + length),
		};
		at += length;
	}
}

/** Whether the records that the header promises fill the body but for its padding. */
function isFilled(
	view: DataView,
	{ at, body, bodyBytes }: { at: number; body: number; bodyBytes: number },
): boolean {
	const end = body + bodyBytes;
	let next = body;
	for (let left = view.getUint32(at + 12, true); left > 0; left--) {
		if (next + recordHeaderBytes > end) return false;
		next += recordHeaderBytes + view.getUint32(next, true);
	}
	return next <= end && end - next < checkUnit && view.getBigUint64(at + 16, true) <= mostSequence;
}

/** Undefined where no header of this segment is. */
function bodyLength({
	bytes,
	view,
	at,
	salt,
	checksum,
}: {
	bytes: Uint8Array;
	view: DataView;
	at: number;
	salt: number;
	checksum: Checksum;
}): number | undefined {
	if (at + groupHeaderBytes > bytes.length || view.getUint32(at, true) !== groupMark) return undefined;
	if (view.getUint32(at + 4, true) !== salt) return undefined;
	if (checksum(bytes.subarray(at, at + 28)) !== view.getUint32(at + 28, true)) return undefined;
	const length = view.getUint32(at + 8, true);
	return length > 0 && length % checkUnit === 0 ? length : undefined;
}
