/**
 * Segments in the folder of a journal that this platform cannot read, since another version of it or another
 * cell wrote them: out of the way, so that the cell goes on, and still there for whoever can read them.
 */
import type { Checksum } from '../journal/checksum.ts';
import { JournalError } from '../journal/journal-error.ts';
import type { LogFiles } from '../journal/log-files.ts';
import { mostSegmentBytes, readSegment } from '../journal/log-scan.ts';
import { firstOfName } from '../journal/segment-header.ts';

const suffix = '.foreign';

export interface ForeignSegmentsOptions {
	readonly files: LogFiles;
	readonly cell: string;
	readonly checksum: Checksum;
}

/** Whether a journal could not be opened because of such segments. */
export function isForeign(error: unknown): error is JournalError {
	return error instanceof JournalError && (error.code === 'format-unknown' || error.code === 'other-cell');
}

/**
 * Gives them another name and says of each why. Those that were set aside before are removed: they would
 * add up. Errors: those of `LogFiles`.
 */
export async function setForeignAside(options: ForeignSegmentsOptions): Promise<string[]> {
	const { files } = options;
	const names = await files.list();
	const foreign: { name: string; why: string }[] = [];
	for (const name of names.filter((each) => firstOfName(each) !== undefined)) {
		try {
			await readSegment(options, name);
		} catch (error) {
			if (!isForeign(error)) throw error;
			foreign.push({ name, why: `${error.code}: ${error.message}` });
		}
	}
	for (const name of names) if (name.endsWith(suffix)) await files.remove(name);
	for (const { name } of foreign) {
		const copy = await files.create(`${name}${suffix}`);
		try {
			await copy.append((await files.read(name, mostSegmentBytes)) ?? new Uint8Array());
		} finally {
			await copy.close();
		}
		await files.remove(name);
	}
	return foreign.map(({ why }) => why);
}
