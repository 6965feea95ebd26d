/** Shelves of a box in memory, and settled: for tests. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { ManualClock } from '../../manual-clock.ts';
import { MemoryRecordingFiles } from './memory-recording-files.ts';
import { Shelves, type ShelvesOptions } from './shelves.ts';

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export function makeShelves({
	files = new MemoryRecordingFiles(),
	clock = new ManualClock(),
	...options
}: Partial<Omit<ShelvesOptions, 'files' | 'clock'>> & {
	readonly files?: MemoryRecordingFiles;
	readonly clock?: ManualClock;
} = {}) {
	const shelves = new Shelves({
		files,
		clock,
		checksum: crc32,
		digest: () => {
			const running = createHash('sha256');
			return { update: (bytes) => void running.update(bytes), digest: () => running.digest('hex') };
		},
		mostBytes: Number.MAX_SAFE_INTEGER,
		leaveFreeBytes: 0,
		failed: () => undefined,
		...options,
	});
	return { shelves, files, clock };
}
