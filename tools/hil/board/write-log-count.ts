/** How many entries a log of writes has, also while it grows. */
import { closeSync, openSync, readSync } from 'node:fs';
import { BoardError } from './board-error.ts';
import { endOf, parseEntry, parseHead, type WriteLogEntry, writeLogFormat } from './write-log-format.ts';

/**
 * Its head says a number, but of two writes that end at about the same time an emulator may put down the
 * number of the first last. So the entries themselves count as well, as far as they stand one behind the other.
 */
export class WriteLogCount implements Disposable {
	readonly #file: number;
	/** Entries that were found one behind the other, and where they end; that is 0 as long as there is no head. */
	#found = 0;
	#end = 0;

	/** @param path of the log, which may be empty yet */
	constructor(path: string) {
		this.#file = openSync(path, 'r');
	}

	/** @throws BoardError `bad-write-log` for a head that is none */
	now(): number {
		const head = this.#read(0, writeLogFormat.superBytes);
		if (head === undefined || head.every((byte) => byte === 0)) return 0;
		const { entries, sectorBytes } = parseHead(head);
		if (this.#end === 0) this.#end = sectorBytes;
		for (let entry = this.#next(sectorBytes); entry !== undefined; entry = this.#next(sectorBytes)) {
			this.#end = endOf(entry);
			this.#found++;
		}
		return Math.max(entries, this.#found);
	}

	[Symbol.dispose](): void {
		closeSync(this.#file);
	}

	/** Undefined where there is none yet, or something that is none: a log that goes on may have old bytes behind it. */
	#next(sectorBytes: number): WriteLogEntry | undefined {
		const sector = this.#read(this.#end, sectorBytes);
		if (sector === undefined || sector.every((byte) => byte === 0)) return undefined;
		try {
			return parseEntry(sector, { index: this.#found, dataAt: this.#end + sectorBytes });
		} catch (error) {
			if (error instanceof BoardError) return undefined;
			throw error;
		}
	}

	/** Undefined where there is not as much yet. */
	#read(at: number, bytes: number): Buffer | undefined {
		const buffer = Buffer.alloc(bytes);
		return readSync(this.#file, buffer, 0, bytes, at) === bytes ? buffer : undefined;
	}
}
