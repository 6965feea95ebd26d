/** A `Directory` in memory, with a disk under it that a test can fill up, break or cut the power of. */
import { DurableDirectory } from './durable-directory.ts';
import { MemoryDisk } from './memory-disk.ts';

export class MemoryDirectory extends DurableDirectory {
	readonly disk: MemoryDisk;

	/** @param disk one that outlives this folder, to open again after a cut; default an empty one */
	constructor(disk: MemoryDisk = new MemoryDisk()) {
		super(disk);
		this.disk = disk;
	}

	/** The same disk after a power cut, swept; `choose` as in `MemoryDisk.restart`. */
	async restart(choose?: (most: number) => number): Promise<MemoryDirectory> {
		this.disk.restart(choose);
		const directory = new MemoryDirectory(this.disk);
		await directory.sweep();
		return directory;
	}
}
