/**
 * The few steps of a folder of append-only files that a journal is made of, as a port.
 *
 * Names are single path segments. All but `append` are asynchronous, so that a slow disk does not stop
 * the thread. Errors of every step: `DirectoryError` with `disk-full` or `io`.
 */
export interface LogFiles {
	/** Names of the files in byte order. */
	list(): Promise<string[]>;
	/** The whole file, but no more than its first `mostBytes`; undefined where there is none. */
	read(name: string, mostBytes: number): Promise<Uint8Array | undefined>;
	/** Makes a file, or empties the one that is there. Its name is durable once this has resolved. */
	create(name: string): Promise<LogFile>;
	/** Durable once it has resolved; removing what is not there is no error. */
	remove(name: string): Promise<void>;
}

/** One open file that only grows. After a step of it has failed, what it holds is unknown. */
export interface LogFile {
	/**
	 * Hands bytes to the kernel, which keeps them if this process dies but not if the power goes. It is
	 * synchronous because that takes microseconds; the caller may reuse its buffer afterwards.
	 */
	append(bytes: Uint8Array): void;
	/** What was appended before the call is durable once this has resolved. */
	sync(): Promise<void>;
	close(): Promise<void>;
}
