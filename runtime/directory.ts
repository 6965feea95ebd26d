/**
 * A folder of files as a port. A change is durable once its promise has resolved, and a power cut
 * at any instruction leaves either the file before or the file after, never a part of it.
 *
 * Names are single path segments of `[A-Za-z0-9._-]`; anything else is `bad-name`.
 */
export interface Directory {
	/** The whole file, or undefined where there is none. */
	read(name: string): Promise<Uint8Array | undefined>;
	/** Replaces the file: write aside, sync, rename, sync the folder. Errors: `disk-full`, `io`. */
	write(name: string, bytes: Uint8Array): Promise<void>;
	/** Removing what is not there is no error. */
	remove(name: string): Promise<void>;
	/** Names of the files (not the folders) in byte order; unfinished writes are never listed. */
	list(): Promise<string[]>;
	/** A folder below this one, made on its first write. */
	folder(name: string): Directory;
}
