/** Packages of Debian as a tree of files; nothing in it is run. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Architecture } from './architectures.ts';
import { suite } from './suite.ts';
import { tool } from './tool.ts';

export interface PackageTree {
	/** Names of packages; what they depend on comes too. */
	readonly packages: readonly string[];
	/** Default: the machine's. */
	readonly architecture?: Architecture;
	/** Where `tree` is made. */
	readonly folder: string;
}

/**
 * Returns the path of the tree.
 *
 * It comes as an archive first: whom `mmdebstrap` works as, when it is not root that calls it, may go into none of the
 * caller's folders, and what it put there would not be the caller's to remove.
 *
 * @throws ImageError `tool-missing`, `tool-failed`
 */
export async function extractPackages({ packages, architecture, folder }: PackageTree): Promise<string> {
	const [archive, tree] = [join(folder, 'packages.tar'), join(folder, 'tree')];
	const options = ['--variant=extract', '--skip=output/dev', `--include=${packages.join(',')}`];
	if (architecture !== undefined) options.push(`--architectures=${architecture}`);
	await tool('mmdebstrap', [...options, suite, archive]);
	await mkdir(tree);
	await tool('tar', ['xf', archive, '-C', tree, '--no-same-owner']);
	await rm(archive);
	return tree;
}
