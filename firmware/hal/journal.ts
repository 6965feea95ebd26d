/** The journal of a cell in a folder of the box. */
import { randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Journal } from '../../runtime/journal/journal.ts';
import type { JournalOptions } from '../../runtime/journal/journal-options.ts';
import type { Recovery } from '../../runtime/journal/recovery.ts';
import { openLogFiles } from './log-files.ts';

export interface JournalFolderOptions extends Omit<JournalOptions, 'files' | 'checksum' | 'salt'> {
	/** Made if it is not there. One process at a time may have it open. */
	readonly folder: string;
}

/** Errors: those of `Journal.open`. */
export async function openJournal({
	folder,
	...options
}: JournalFolderOptions): Promise<{ journal: Journal; recovery: Recovery }> {
	const files = await openLogFiles(folder);
	return Journal.open({ ...options, files, checksum: crc32, salt: randomInt(2 ** 32) });
}
