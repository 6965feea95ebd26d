/** A journal on files in memory, for tests: one folder, opened as often as the test restarts its box. */
import { crc32 } from 'node:zlib';
import { ManualClock } from '../manual-clock.ts';
import { Journal } from './journal.ts';
import type { JournalOptions } from './journal-options.ts';
import { MemoryLogFiles } from './memory-log-files.ts';
import type { Recovery } from './recovery.ts';

export interface Opened {
	readonly files: MemoryLogFiles;
	readonly clock: ManualClock;
	readonly journal: Journal;
	readonly recovery: Recovery;
}

export async function openInMemory(options: Partial<JournalOptions> = {}): Promise<Opened> {
	const files = (options.files as MemoryLogFiles | undefined) ?? new MemoryLogFiles();
	const clock = new ManualClock();
	const opened = await Journal.open({ cell: 'open', checksum: crc32, salt: 42, clock, ...options, files });
	return { files, clock, ...opened };
}

/** All records to replay, as `stream name:payload`. */
export async function replayed({ streams, records }: Recovery): Promise<string[]> {
	const names = new Map(streams.map(({ stream, name }) => [stream, name]));
	const texts: string[] = [];
	for await (const group of records())
		for (const { stream, payload } of group)
			texts.push(`${names.get(stream)}:${new TextDecoder().decode(payload)}`);
	return texts;
}

export const text = (content: string): Uint8Array => new TextEncoder().encode(content);

/** Whatever the files in memory were doing is done. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
