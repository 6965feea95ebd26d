/** Whose packages are in a bundle, and under which terms: these have to go with it. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

/** @param root that paths of the bundle are relative to. @returns a text, the same for the same packages */
export async function noticesOf({ outputs }: Metafile, root: string): Promise<string> {
	const folders = Object.values(outputs).flatMap(({ inputs }) =>
		Object.entries(inputs).flatMap(([path, { bytesInOutput }]) =>
			bytesInOutput > 0 ? (/.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []) : [],
		),
	);
	const sections = await Promise.all([...new Set(folders)].map((folder) => sectionOf(join(root, folder))));
	return `Packages of others in this one\n\n${[...new Set(sections)].toSorted().join('\n')}`;
}

async function sectionOf(folder: string): Promise<string> {
	const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
	const file = (await readdir(folder)).find((each) => /^(licen[cs]e|copying)\b/i.test(each));
	// Some name their terms and do not spell them out.
	const terms = file === undefined ? '' : `\n${(await readFile(join(folder, file), 'utf8')).trim()}\n`;
	const title = `${name} ${version}: ${license}`;
	return `${title}\n${'='.repeat(title.length)}\n${terms}`;
}
