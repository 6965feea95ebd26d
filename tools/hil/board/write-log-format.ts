/** What a log of writes is made of, as Linux's dm-log-writes and QEMU's blklogwrites make it. */
import { BoardError } from './board-error.ts';

/** Linux, admin-guide/device-mapper/log-writes; numbers are little-endian, and each entry has a sector of its own. */
export const writeLogFormat = {
	magic: 0x6a736677736872n,
	version: 1n,
	/** Magic, version, number of entries, bytes of a sector. */
	superBytes: 28,
	/** First sector, sectors, flags, bytes of a mark's text. */
	entryBytes: 32,
	/** `metadata` is a hint that newer kernels give. */
	flags: { flush: 1n, fua: 2n, discard: 4n, mark: 8n, metadata: 16n },
} as const;

export interface WriteLogEntry {
	/** Its place among all, from 0. */
	readonly index: number;
	/** What was written before it is on the medium by then. */
	readonly isFlush: boolean;
	/** It is itself on the medium when it has ended. */
	readonly isForced: boolean;
	/** Its range is given up, and reads as zeros. */
	readonly isDiscard: boolean;
	/** In bytes, on the disk; a flush alone has no length. */
	readonly offset: number;
	readonly length: number;
	/** Where its data begins in the log; a discard has none there. */
	readonly dataAt: number;
	/** Text that whoever made the log put in. */
	readonly mark?: string;
}

export interface WriteLogHead {
	readonly entries: number;
	readonly sectorBytes: number;
}

/** @throws BoardError `bad-write-log` */
export function parseHead(head: Buffer): WriteLogHead {
	if (head.readBigUInt64LE(0) !== writeLogFormat.magic || head.readBigUInt64LE(8) !== writeLogFormat.version)
		throw new BoardError('bad-write-log', `no log of writes of version ${writeLogFormat.version}`);
	const entries = toNumber(head.readBigUInt64LE(16));
	const sectorBytes = head.readUInt32LE(24);
	if (sectorBytes < 512 || sectorBytes > 65_536 || !Number.isInteger(Math.log2(sectorBytes)))
		throw new BoardError('bad-write-log', `sectors of ${sectorBytes} bytes`);
	return { entries, sectorBytes };
}

/** @param head the whole sector of the entry @throws BoardError `bad-write-log` */
export function parseEntry(
	head: Buffer,
	{ index, dataAt }: { index: number; dataAt: number },
): WriteLogEntry {
	const { flags, entryBytes } = writeLogFormat;
	const set = head.readBigUInt64LE(16);
	if (set >= flags.metadata * 2n) throw new BoardError('bad-write-log', `entry ${index} has flags ${set}`);
	const textBytes = toNumber(head.readBigUInt64LE(24));
	const isMark = (set & flags.mark) !== 0n;
	return {
		index,
		isFlush: (set & flags.flush) !== 0n,
		isForced: (set & flags.fua) !== 0n,
		isDiscard: (set & flags.discard) !== 0n,
		offset: toNumber(head.readBigUInt64LE(0) * BigInt(head.length)),
		length: toNumber(head.readBigUInt64LE(8) * BigInt(head.length)),
		dataAt,
		...(isMark && { mark: head.toString('utf8', entryBytes, entryBytes + textBytes) }),
	};
}

/** Where the next entry is, and the end of this one, in bytes of the log. */
export function endOf({ dataAt, isDiscard, length }: WriteLogEntry): number {
	return dataAt + (isDiscard ? 0 : length);
}

function toNumber(value: bigint): number {
	if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new BoardError('bad-write-log', `a number of ${value}`);
	return Number(value);
}
