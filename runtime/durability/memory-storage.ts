/** A cell's storage in memory: the double of `CellStorage`, whose power a test can cut. */
import { crc32 } from 'node:zlib';
import type { Directory } from '../directory.ts';
import type { JournalLimits } from '../journal/journal-options.ts';
import { MemoryLogFiles } from '../journal/memory-log-files.ts';
import { MemoryDirectory } from '../memory-directory.ts';
import { plainPacking } from '../snapshot/plain-packing.ts';
import type { CellStorage } from './storage.ts';

export class MemoryStorage implements CellStorage {
	cell = 'open';
	platformVersion = '1.2.3';
	readonly packing = plainPacking;
	readonly checksum = crc32;
	readonly salt = 42;
	readonly limits: Partial<JournalLimits>;
	readonly files = new MemoryLogFiles();
	directory = new MemoryDirectory();

	constructor(limits: Partial<JournalLimits> = {}) {
		this.limits = limits;
	}

	async log(): Promise<MemoryLogFiles> {
		return this.files;
	}

	async snapshots(): Promise<Directory> {
		return this.directory;
	}

	/** The same after a power cut; `choose` as in `MemoryDisk.restart`. */
	async restart(choose?: (most: number) => number): Promise<void> {
		this.files.restart(choose);
		this.directory = await this.directory.restart(choose);
	}
}
