/** `headend.json`: what the command line needs to find a headend that runs, and its box. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from '../../firmware/hal/make-folder.ts';

export interface Addresses {
	/** `mqtt://host:port`. */
	readonly broker: string;
	/** Folder of the repository, keys included. */
	readonly repository: string;
	/** Endpoint id of the box. */
	readonly agent: string;
	/** Endpoint id of the operator that the box was made for. */
	readonly controller?: string;
	/** What it has to play. */
	readonly content?: string;
}

/** Writes it in place of an older one. It goes with the headend, unless another one has put its own there since. */
export async function writeAddressBook(file: string, addresses: Addresses): Promise<AsyncDisposable> {
	const content = JSON.stringify(addresses, null, '\t');
	await makeFolder(dirname(file));
	await writeFile(file, content);
	return {
		[Symbol.asyncDispose]: async () => {
			const found = await readFile(file, 'utf8').catch(() => undefined);
			if (found === content) await rm(file, { force: true });
		},
	};
}
