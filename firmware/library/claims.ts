/**
 * Which boxes are open in this process. Two on one folder would write over each other, and of two with one name the broker
 * would throw out one after the other.
 */
import { realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { BoxConfig } from '../config.ts';
import { LibraryError } from './library-error.ts';

/** The process has one set of them, as it has one set of files. */
const claimed = new Set<string>();

/** Returns what gives it back. @throws LibraryError `already-open` */
export async function claimBox({
	endpointId,
	state,
}: Pick<BoxConfig, 'endpointId' | 'state'>): Promise<() => void> {
	const folder = await placeOf(state);
	const claims = {
		[`box ${endpointId}`]: 'this endpoint id',
		[`folder ${folder}`]: `its state in ${folder}`,
	};
	for (const [claim, what] of Object.entries(claims))
		if (claimed.has(claim))
			throw new LibraryError('already-open', `a box with ${what} is open in this process: close it first`);
	for (const claim of Object.keys(claims)) claimed.add(claim);
	return () => {
		for (const claim of Object.keys(claims)) claimed.delete(claim);
	};
}

/** The same by whatever links it is called, and before it was made. */
async function placeOf(folder: string): Promise<string> {
	try {
		return await realpath(folder);
	} catch {
		const parent = dirname(folder);
		return parent === folder ? folder : join(await placeOf(parent), basename(folder));
	}
}
