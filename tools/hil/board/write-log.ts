/** Reads a log of all writes to a disk, as Linux's dm-log-writes and QEMU's blklogwrites make them. */
import { type FileHandle, open } from 'node:fs/promises';
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

interface WriteLogHead {
	readonly entries: number;
	readonly sectorBytes: number;
}

export interface WriteLogOptions {
	/**
	 * The log was cut off together with the box. It ends where it is no longer whole: what comes behind that was
	 * under way, and nobody was told that it had ended. Default: that is an error.
	 */
	readonly isCut?: boolean;
}

export class WriteLog implements AsyncDisposable {
	readonly entries: number;
	readonly sectorBytes: number;
	readonly #file: FileHandle;
	readonly #isCut: boolean;

	private constructor(file: FileHandle, { entries, sectorBytes, isCut }: WriteLogHead & WriteLogOptions) {
		this.#file = file;
		this.entries = entries;
		this.sectorBytes = sectorBytes;
		this.#isCut = isCut ?? false;
	}

	/** @throws BoardError `bad-write-log` */
	static async open(path: string, options: WriteLogOptions = {}): Promise<WriteLog> {
		const file = await open(path).catch((cause) => {
			throw new BoardError('bad-write-log', `${path} cannot be read`, { cause });
		});
		try {
			// Its head comes with the first write, before which a box may be cut already.
			const isEmpty = options.isCut === true && (await file.stat()).size === 0;
			const head = isEmpty
				? { entries: 0, sectorBytes: 512 }
				: parseHead(await readExactly(file, 0, writeLogFormat.superBytes));
			return new WriteLog(file, { ...head, ...options });
		} catch (error) {
			await file.close();
			throw error;
		}
	}

	/** In the order in which they ended. @throws BoardError `bad-write-log` where the file ends too early or makes no sense */
	async *read(): AsyncGenerator<WriteLogEntry> {
		try {
			yield* this.#read();
		} catch (error) {
			if (!(this.#isCut && error instanceof BoardError)) throw error;
		}
	}

	async *#read(): AsyncGenerator<WriteLogEntry> {
		const { size } = await this.#file.stat();
		let at = this.sectorBytes;
		for (let index = 0; index < this.entries; index++) {
			const head = await readExactly(this.#file, at, this.sectorBytes);
			// Of several writes under way one may have been written down, and not yet the one before it.
			if (this.#isCut && head.every((byte) => byte === 0)) return;
			const entry = parseEntry(head, { index, dataAt: at + this.sectorBytes });
			at = entry.dataAt + (entry.isDiscard ? 0 : entry.length);
			if (at > size) throw new BoardError('bad-write-log', `the log ends inside of entry ${index}`);
			yield entry;
		}
	}

	/** @param at place in the log, from an entry's `dataAt` on */
	data(at: number, bytes: number): Promise<Buffer> {
		return readExactly(this.#file, at, bytes);
	}

	[Symbol.asyncDispose](): Promise<void> {
		return this.#file.close();
	}
}

function parseHead(head: Buffer): WriteLogHead {
	if (head.readBigUInt64LE(0) !== writeLogFormat.magic || head.readBigUInt64LE(8) !== writeLogFormat.version)
		throw new BoardError('bad-write-log', `no log of writes of version ${writeLogFormat.version}`);
	const entries = toNumber(head.readBigUInt64LE(16));
	const sectorBytes = head.readUInt32LE(24);
	if (sectorBytes < 512 || sectorBytes > 65_536 || !Number.isInteger(Math.log2(sectorBytes)))
		throw new BoardError('bad-write-log', `sectors of ${sectorBytes} bytes`);
	return { entries, sectorBytes };
}

function parseEntry(head: Buffer, { index, dataAt }: { index: number; dataAt: number }): WriteLogEntry {
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

async function readExactly(file: FileHandle, position: number, bytes: number): Promise<Buffer> {
	const buffer = Buffer.alloc(bytes);
	const { bytesRead } = await file.read(buffer, 0, bytes, position);
	if (bytesRead < bytes)
		throw new BoardError('bad-write-log', `the log ends at byte ${position + bytesRead}`);
	return buffer;
}

function toNumber(value: bigint): number {
	if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new BoardError('bad-write-log', `a number of ${value}`);
	return Number(value);
}
