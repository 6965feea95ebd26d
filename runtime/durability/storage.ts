/** Where a cell keeps its VMs, as a port: files and packing of the box, or their doubles in memory. */
import type { Directory } from '../directory.ts';
import type { Checksum } from '../journal/checksum.ts';
import type { JournalLimits } from '../journal/journal-options.ts';
import type { LogFiles } from '../journal/log-files.ts';
import type { Packing } from '../snapshot/packing.ts';

export interface CellStorage {
	/** Name of the cell; nobody else uses its folders. */
	readonly cell: string;
	readonly platformVersion: string;
	/** The folder of the journal. Errors: `disk-full`, `io`. */
	log(): Promise<LogFiles>;
	/** The folder of the snapshots, one below it for each VM. Errors: `disk-full`, `io`. */
	snapshots(): Promise<Directory>;
	readonly packing: Packing;
	readonly checksum: Checksum;
	/** 32 random bits that no guest can know. */
	readonly salt: number;
	readonly limits?: Partial<JournalLimits>;
}
