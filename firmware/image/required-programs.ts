/** What a build needs is asked for before it begins, by the packages that hold it. */
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { ImageError } from './image-error.ts';
import { toolPath } from './tool.ts';

/**
 * @param programs program, or file with its whole path -> package of Debian
 * @throws ImageError `tool-missing` with all packages to install
 */
export async function requirePrograms(programs: Readonly<Record<string, string>>): Promise<void> {
	const missing = new Set<string>();
	for (const [program, name] of Object.entries(programs)) if (!(await isHere(program))) missing.add(name);
	if (missing.size > 0)
		throw new ImageError('tool-missing', `not installed: apt-get install ${[...missing].sort().join(' ')}`);
}

async function isHere(program: string): Promise<boolean> {
	const folders = program.startsWith('/') ? [''] : toolPath().split(delimiter);
	const found = await Promise.allSettled(folders.map((folder) => access(join(folder, program))));
	return found.some(({ status }) => status === 'fulfilled');
}
