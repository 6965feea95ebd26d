/** Keeps what is fetched or takes long between builds: a folder by its name is whole, or not there. */
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cache = fileURLToPath(new URL('../../node_modules/.cache/mullion-image', import.meta.url));

/** @param make fills an empty folder */
export async function cached(name: string, make: (folder: string) => Promise<void>): Promise<string> {
	const path = join(cache, name);
	if (await isThere(path)) return path;
	await mkdir(cache, { recursive: true });
	const folder = await mkdtemp(join(cache, 'new-'));
	try {
		await make(folder);
		await rename(folder, path).catch(async (error: unknown) => {
			// Another build was faster.
			if (!(await isThere(path))) throw error;
		});
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
	return path;
}

function isThere(path: string): Promise<boolean> {
	return stat(path).then(
		() => true,
		() => false,
	);
}
