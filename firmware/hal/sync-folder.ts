/** Has the kernel write down which names a folder has: what was made, renamed or removed in it outlives a power cut then. */
import { open } from 'node:fs/promises';

export async function syncFolder(path: string): Promise<void> {
	await using folder = await open(path, 'r');
	await folder.sync();
}
