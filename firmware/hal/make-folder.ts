/** Makes a folder and those that it is in, as far as they are not there. */
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Node's own way of doing so never ends in a file system that has no room for folders, such as `/proc`: there it is told
 * `ENOENT` for a folder whose parent is there, and begins again.
 *
 * Rejects with the system's error: `ENOENT` there, `EEXIST` or `ENOTDIR` where a file is in the way, `EACCES`, ...
 */
export async function makeFolder(path: string, { mode }: { readonly mode?: number } = {}): Promise<void> {
	try {
		return await makeOne(path, mode);
	} catch (error) {
		const parent = dirname(path);
		if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === path) throw error;
		await makeFolder(parent, { ...(mode !== undefined && { mode }) });
	}
	await makeOne(path, mode);
}

/** One that is there is as good as made, a link to one too. */
async function makeOne(path: string, mode: number | undefined): Promise<void> {
	try {
		await mkdir(path, mode);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !(await isFolder(path))) throw error;
	}
}

async function isFolder(path: string): Promise<boolean> {
	return stat(path).then(
		(entry) => entry.isDirectory(),
		() => false,
	);
}
