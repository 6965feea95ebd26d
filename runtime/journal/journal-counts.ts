/** What a journal has done and what it holds: flash wear can be told from it. */
export interface JournalCounts {
	readonly records: number;
	readonly groups: number;
	/** Handed to the kernel, headers included. */
	readonly bytesWritten: number;
	/** Pages of 4 KiB that changed between two syncs: what flash writes at least, without the file system's own. */
	readonly pagesWritten: number;
	readonly syncs: number;
	/** Writes that failed and were made again. */
	readonly troubles: number;
	/** Held in memory. */
	readonly bytesHeld: number;
	/** Of all segments on disk. */
	readonly bytesKept: number;
	readonly segments: number;
}
