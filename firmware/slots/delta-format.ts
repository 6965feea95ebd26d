/**
 * The head of a patch, little-endian: what it starts from, what it makes, and how each window of that is made.
 *
 * | bytes | what |
 * | --- | --- |
 * | 8 | `MULDELTA` |
 * | 4, 4, 4 | version 1, bytes of a window, number of windows |
 * | 8, 32 | length and SHA-256 of the old image |
 * | 8, 32 | length and SHA-256 of the new image |
 * | 48 each | window: place (8) and length (4) in the old image, length of its patch (4), SHA-256 of its bytes |
 * | 4 | CRC-32 of all before |
 *
 * The patches of the windows follow in order: Zstandard frames whose dictionary is that stretch of the old
 * image. A window without a patch is that stretch itself.
 */
import { crc32 } from 'node:zlib';
import { DeltaError } from './delta-error.ts';
import type { Image } from './write-marks.ts';

export interface DeltaWindow {
	readonly oldAt: number;
	readonly oldLength: number;
	readonly patchLength: number;
	readonly sha256: string;
}

export interface DeltaHead {
	readonly windowBytes: number;
	readonly old: Image;
	readonly new: Image;
	readonly windows: readonly DeltaWindow[];
}

const magic = new TextEncoder().encode('MULDELTA');
const version = 1;
const entryBytes = 48;
/** Of the head before its table. */
export const fixedBytes = 100;
/** What a box is ready to hold at a time: a window, its patch, and its stretch of the old image. */
export const mostWindowBytes = 8_388_608;
export const mostOldBytes = 16_777_216;
const mostWindows = 65_536;

/** Bytes of the head, the table included. */
export function headBytes(windows: number): number {
	return fixedBytes + windows * entryBytes + 4;
}

/** Incompressible bytes grow by no more. */
export function mostPatchBytes(windowBytes: number): number {
	return windowBytes + (windowBytes >>> 8) + 128;
}

export function encodeDeltaHead({ windowBytes, old, new: made, windows }: DeltaHead): Uint8Array {
	const head = new Uint8Array(headBytes(windows.length));
	const view = new DataView(head.buffer);
	head.set(magic);
	view.setUint32(8, version, true);
	view.setUint32(12, windowBytes, true);
	view.setUint32(16, windows.length, true);
	view.setBigUint64(20, BigInt(old.length), true);
	head.set(Uint8Array.fromHex(old.sha256), 28);
	view.setBigUint64(60, BigInt(made.length), true);
	head.set(Uint8Array.fromHex(made.sha256), 68);
	for (const [index, { oldAt, oldLength, patchLength, sha256 }] of windows.entries()) {
		const at = fixedBytes + index * entryBytes;
		view.setBigUint64(at, BigInt(oldAt), true);
		view.setUint32(at + 8, oldLength, true);
		view.setUint32(at + 12, patchLength, true);
		head.set(Uint8Array.fromHex(sha256), at + 16);
	}
	view.setUint32(head.length - 4, crc32(head.subarray(0, -4)), true);
	return head;
}

/**
 * How many windows a head tells of, from its fixed part.
 * @throws DeltaError `delta-malformed`
 */
export function windowCount(fixed: Uint8Array): number {
	const view = new DataView(fixed.buffer, fixed.byteOffset);
	if (Buffer.compare(fixed.subarray(0, 8), magic) !== 0) throw malformed('it does not begin as one');
	if (view.getUint32(8, true) !== version) throw malformed(`it has version ${view.getUint32(8, true)}`);
	const count = view.getUint32(16, true);
	if (count > mostWindows) throw malformed(`${count} windows are too many`);
	return count;
}

/** @throws DeltaError `delta-malformed` */
export function decodeDeltaHead(head: Uint8Array): DeltaHead {
	const count = windowCount(head);
	const view = new DataView(head.buffer, head.byteOffset, head.length);
	if (view.getUint32(head.length - 4, true) !== crc32(head.subarray(0, -4)))
		throw malformed('its checksum is wrong');
	const windowBytes = view.getUint32(12, true);
	const image = (at: number): Image => ({
		length: Number(view.getBigUint64(at, true)),
		sha256: head.subarray(at + 8, at + 40).toHex(),
	});
	const old = image(20);
	const made = image(60);
	const windows = Array.from({ length: count }, (_, index): DeltaWindow => {
		const at = fixedBytes + index * entryBytes;
		return {
			oldAt: Number(view.getBigUint64(at, true)),
			oldLength: view.getUint32(at + 8, true),
			patchLength: view.getUint32(at + 12, true),
			sha256: head.subarray(at + 16, at + 48).toHex(),
		};
	});
	if (windowBytes < 1 || windowBytes > mostWindowBytes) throw malformed(`windows of ${windowBytes} bytes`);
	if (Math.ceil(made.length / windowBytes) !== count)
		throw malformed(`${count} windows do not make ${made.length} bytes`);
	for (const [index, { oldAt, oldLength, patchLength }] of windows.entries()) {
		const length = windowLength({ windowBytes, new: made }, index);
		const isRight =
			oldLength <= mostOldBytes &&
			oldAt + oldLength <= old.length &&
			patchLength <= mostPatchBytes(windowBytes) &&
			(patchLength > 0 || oldLength === length);
		if (!isRight) throw malformed(`window ${index} asks for what cannot be`);
	}
	return { windowBytes, old, new: made, windows };
}

/** Bytes of a window: the last one is shorter. */
export function windowLength(
	{ windowBytes, new: made }: Pick<DeltaHead, 'windowBytes' | 'new'>,
	index: number,
): number {
	return Math.min(windowBytes, made.length - index * windowBytes);
}

function malformed(what: string): DeltaError {
	return new DeltaError('delta-malformed', `this is no patch to apply: ${what}`);
}
