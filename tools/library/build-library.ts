/** The firmware as an npm package that somebody else's program has a box by: bundled, with declarations and notices. */
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeFolder } from '../../firmware/hal/make-folder.ts';
import { bundleFirmware } from '../../firmware/image/bundle.ts';
import { noticesOf } from './notices.ts';

/** Makes glue for components of other toolchains. It weighs more than the firmware: who wants that installs it. */
const glue = '@bytecodealliance/jco-transpile';

const here = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** What is in the package beside the bundle, and where it comes from. */
const copied: Readonly<Record<string, string>> = {
	'mullion.d.ts': 'firmware/library/mullion.d.ts',
	'README.md': 'firmware/library/README.md',
	'ERRORS.md': 'proto/ERRORS.md',
	LICENSE: 'LICENSE',
};

export interface BuiltLibrary {
	readonly name: string;
	readonly version: string;
}

/** @param folder new or empty */
export async function buildLibrary(folder: string): Promise<BuiltLibrary> {
	await makeFolder(folder);
	const bundle = await bundleFirmware({
		file: join(folder, 'mullion.mjs'),
		entry: here('firmware/library/index.ts'),
		without: [glue],
		ownsProcess: false,
	});
	for (const [name, from] of Object.entries(copied)) await copyFile(here(from), join(folder, name));
	await writeFile(join(folder, 'NOTICES.txt'), await noticesOf(bundle, here('')));
	const own = await packageOf();
	await writeFile(join(folder, 'package.json'), `${JSON.stringify(own, null, '\t')}\n`);
	return own;
}

async function packageOf() {
	const { name, version, description, license, dependencies } = JSON.parse(
		await readFile(here('package.json'), 'utf8'),
	);
	return {
		name,
		version,
		description,
		license,
		type: 'module',
		exports: {
			'.': { types: './mullion.d.ts', default: './mullion.mjs' },
			'./package.json': './package.json',
		},
		// What a box knows of its machine it reads from the kernel.
		os: ['linux'],
		// The one that everything here runs on: no older one was tried.
		engines: { node: `>=${dependencies.node}` },
		peerDependencies: { [glue]: dependencies[glue] },
		peerDependenciesMeta: { [glue]: { optional: true } },
	};
}
