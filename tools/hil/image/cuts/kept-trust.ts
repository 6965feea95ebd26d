/** What a box knows of its operator's repository, from its files alone. */
import { join } from 'node:path';
import { openDirectory } from '../../../../firmware/hal/directory.ts';
import { Trust } from '../../../../firmware/update/trust.ts';
import { codeOf } from '../../../../runtime/error.ts';

/** @returns how many targets it knows; 0 before it has asked the first time @param rootJson whom the box trusts */
export async function targetsKnown(files: string, rootJson: Uint8Array): Promise<number> {
	const directory = (await openDirectory(join(files, 'state'))).folder('trust');
	const reader = { read: () => Promise.reject(new Error('there is no repository')) };
	const trust = await Trust.open({ directory, rootJson, reader });
	try {
		return trust.find(() => true).length;
	} catch (error) {
		if (codeOf(error) === 'metadata-missing') return 0;
		throw error;
	}
}
