/**
 * The few steps of a file system that crash safety is made of, each as weak as the kernel's own.
 *
 * Paths are segments joined by `/`; the empty path is the root. What a step has done may be lost in a
 * power cut until the step that makes it durable has returned. Errors: `disk-full`, `io`.
 */
export interface Disk {
	/** The whole file, or undefined where there is none. */
	read(path: string): Promise<Uint8Array | undefined>;
	/** Makes or empties a file, fills it and syncs its content. Its name is not durable yet. */
	create(path: string, bytes: Uint8Array): Promise<void>;
	/** Replaces whatever has the new name. Not durable before `syncFolder`. */
	rename(from: string, to: string): Promise<void>;
	/** Whether there was such a file to remove. Not durable before `syncFolder`. */
	remove(path: string): Promise<boolean>;
	/** Makes the names inside a folder durable. */
	syncFolder(path: string): Promise<void>;
	/** Not durable before `syncFolder` of the folder above; a folder that is there already is no error. */
	makeFolder(path: string): Promise<void>;
	/** What a folder holds, in any order; nothing where there is no such folder. */
	entries(path: string): Promise<DiskEntry[]>;
}

export interface DiskEntry {
	readonly name: string;
	readonly isFolder: boolean;
}
