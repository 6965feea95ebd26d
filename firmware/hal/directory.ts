/** The box's folders: `Directory` on the kernel's file system. */

import { DurableDirectory } from '../../runtime/durable-directory.ts';
import { makeFolder } from './make-folder.ts';
import { NodeDisk, onDisk } from './node-disk.ts';

/**
 * Opens a folder, made if it is not there, and removes what writes that a power cut or a kill ended
 * left in it. One process at a time may have a folder open. Errors: `disk-full`, `io`.
 */
export async function openDirectory(path: string): Promise<DurableDirectory> {
	await onDisk(path, () => makeFolder(path, { mode: 0o700 }));
	const directory = new DurableDirectory(new NodeDisk(path));
	await directory.sweep();
	return directory;
}
