/**
 * The few steps of a folder of append-only files that a journal is made of, as a port.
 *
 * Names are single path segments. Every step is asynchronous, so that a slow disk does not stop the
 * thread that turns run on. Errors of all: `DirectoryError` with `disk-full` or `io`.
 */
export interface LogFiles {
	/** Names of the files in byte order. */
	list(): Promise<string[]>;
	/** The whole file, but no more than its first `mostBytes`; undefined where there is none. */
	read(name: string, mostBytes: number): Promise<Uint8Array | undefined>;
	/** Makes a file, or empties the one that is there. Its name is durable once its first append has resolved. */
	create(name: string): Promise<LogFile>;
	/** Durable once it has resolved; removing what is not there is no error. */
	remove(name: string): Promise<void>;
}

/** One open file that only grows. After a step of it has failed, what it holds is unknown. */
export interface LogFile {
	/**
	 * Writes and syncs in one step: the bytes are durable once it has resolved, and the caller leaves
	 * them alone until then. One at a time.
	 */
	append(bytes: Uint8Array): Promise<void>;
	close(): Promise<void>;
}
