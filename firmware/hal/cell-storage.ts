/**
 * Where a cell keeps its VMs: a folder of the box. What it stands on is loaded with the first VM that is kept:
 * it takes megabytes, and many cells have none.
 */
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Directory } from '../../runtime/directory.ts';
import type { CellStorage } from '../../runtime/durability/storage.ts';
import { zstdPacking } from './zstd-packing.ts';

/** What the thread of a cell is told of it; all of it can cross a thread. */
export interface CellFolder {
	/** Made if it is not there. One process at a time may have it open. */
	readonly path: string;
	readonly cell: string;
	readonly platformVersion: string;
	/** One word that is not 0 once the thread that had the folder before is gone; undefined where there was none. */
	readonly before?: SharedArrayBuffer | undefined;
}

export function cellStorage({ path, cell, platformVersion, before }: CellFolder): CellStorage {
	/** What the thread before has under way must not land behind our back. */
	const isOurs = async (): Promise<void> => {
		if (before !== undefined) await Atomics.waitAsync(new Int32Array(before), 0, 0).value;
	};
	let opened: Promise<Directory> | undefined;
	let salt: number | undefined;
	return {
		cell,
		platformVersion,
		packing: zstdPacking(),
		get checksum() {
			return crc32;
		},
		get salt() {
			salt ??= process.getBuiltinModule('node:crypto').randomInt(2 ** 32);
			return salt;
		},
		log: async () => {
			await isOurs();
			const { openLogFiles } = await import('./log-files.ts');
			return openLogFiles(join(path, 'journal'));
		},
		snapshots: async () => {
			await isOurs();
			// Opening sweeps away what is half written: once, before anybody writes.
			opened ??= import('./directory.ts').then(({ openDirectory }) => openDirectory(join(path, 'snapshots')));
			return opened;
		},
	};
}
