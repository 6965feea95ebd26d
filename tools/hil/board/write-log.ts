/** Reads a log of all writes to a disk. */
import { type FileHandle, open } from 'node:fs/promises';
import { BoardError } from './board-error.ts';
import { WriteLogCount } from './write-log-count.ts';
import {
	endOf,
	parseEntry,
	parseHead,
	type WriteLogEntry,
	type WriteLogHead,
	writeLogFormat,
} from './write-log-format.ts';

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
			using count = new WriteLogCount(path);
			const entries = count.now();
			if (entries === 0 && options.isCut === true)
				return new WriteLog(file, { entries, sectorBytes: 512, ...options });
			const { sectorBytes } = parseHead(await readExactly(file, 0, writeLogFormat.superBytes));
			return new WriteLog(file, { entries, sectorBytes, ...options });
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
			at = endOf(entry);
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

async function readExactly(file: FileHandle, position: number, bytes: number): Promise<Buffer> {
	const buffer = Buffer.alloc(bytes);
	const { bytesRead } = await file.read(buffer, 0, bytes, position);
	if (bytesRead < bytes)
		throw new BoardError('bad-write-log', `the log ends at byte ${position + bytesRead}`);
	return buffer;
}
