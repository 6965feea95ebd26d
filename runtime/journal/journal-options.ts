/** What a journal is opened with: its ports, and how much it may hold, write and keep. */
import type { Clock } from '../clock.ts';
import type { Checksum } from './checksum.ts';
import type { JournalError } from './journal-error.ts';
import type { LogFiles } from './log-files.ts';
import { mostSegmentBytes } from './log-scan.ts';
import { mostCellBytes } from './segment-header.ts';

export interface JournalLimits {
	/** How long somebody waits for a record before the group with it begins. Default 1. */
	readonly holdMs: number;
	/**
	 * Groups that are not full, in the long run, since each wears a page of flash: in a burst of up to ten
	 * seconds' worth nobody waits longer than `holdMs`, beyond that up to the time between two. Default 20.
	 */
	readonly smallGroupsPerSecond: number;
	/** How long a record that nobody waits for is held back from the disk. Default 1000. */
	readonly lazyMs: number;
	/** A group that has grown to this, with what waits for it, begins at once. Default 64 KiB. */
	readonly groupBytes: number;
	/** What may wait while the disk is busy, before turns are held. Default 2 MiB. */
	readonly heldBytes: number;
	/** Of one record. Default 4 MiB. */
	readonly mostRecordBytes: number;
	/** A segment that would grow beyond this is followed by another. Default 4 MiB. */
	readonly segmentBytes: number;
	/** When all segments together are larger, a snapshot is wanted. Default 16 MiB. */
	readonly keepBytes: number;
}

export interface JournalOptions extends Partial<JournalLimits> {
	/** A folder that no other journal uses. */
	readonly files: LogFiles;
	/** Up to 83 bytes of UTF-8; a journal is never taken for that of another cell. */
	readonly cell: string;
	readonly checksum: Checksum;
	readonly clock: Clock;
	/** 32 random bits that no guest can know. */
	readonly salt: number;
	/** By name of its stream: the sequence of the newest snapshot that can be used. */
	readonly snapshots?: ReadonlyMap<string, number>;
	/** Everything up to `sequence` is durable: what waited for it may leave. */
	readonly onDurable?: (sequence: number) => void;
	/** The disk is full or failed; it is tried again until it works. Called for each try. */
	readonly onTrouble?: (error: JournalError) => void;
	/** After `hasRoom` was false: turns may go on. */
	readonly onRoom?: () => void;
}

const defaults: JournalLimits = {
	holdMs: 1,
	smallGroupsPerSecond: 20,
	lazyMs: 1000,
	groupBytes: 64 * 1024,
	heldBytes: 2 * 1024 * 1024,
	mostRecordBytes: 4 * 1024 * 1024,
	segmentBytes: 4 * 1024 * 1024,
	keepBytes: 16 * 1024 * 1024,
};

/** @throws RangeError for limits under which a journal could not be read again */
export function limitsOf(options: JournalOptions): JournalLimits {
	const given = Object.fromEntries(
		Object.keys(defaults).flatMap((name) => {
			const value = options[name as keyof JournalLimits];
			return value === undefined ? [] : [[name, value]];
		}),
	);
	const limits = { ...defaults, ...given };
	const { segmentBytes, heldBytes, mostRecordBytes } = limits;
	if (segmentBytes + heldBytes + mostRecordBytes > mostSegmentBytes / 2)
		throw new RangeError('segments of a journal have to stay below 32 MiB');
	if (new TextEncoder().encode(options.cell).length > mostCellBytes)
		throw new RangeError(`the name of the cell ${options.cell} is too long`);
	return limits;
}
