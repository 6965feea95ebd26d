/** Where recordings are kept, as a port: files that grow, are read in parts and outlive a power cut. */

export interface RecordingFiles {
	/** Where the recordings of one module are, made on its first write. The name is one path segment of `[A-Za-z0-9._-]`. */
	folder(name: string): RecordingFolder;
	/** Names of the folders that there are. Errors: `io`. */
	folders(): Promise<string[]>;
	/** Bytes that may still be written on this disk. Errors: `io`. */
	freeBytes(): Promise<number>;
}

/** What was done is durable once its promise has resolved. Names are as those of folders. Errors: `disk-full`, `io`, `bad-name`. */
export interface RecordingFolder {
	/** Its files in byte order, with their lengths; none where there is no such folder. */
	list(): Promise<RecordingFile[]>;
	/** Fewer bytes where the file ends before, and none where there is no file. */
	read(name: string, at: number, length: number): Promise<Uint8Array>;
	/** Puts a whole small file in the place of what has the name: after a cut it is the one before or this one. */
	replace(name: string, bytes: Uint8Array): Promise<void>;
	/**
	 * Writes from `at` on, which is no more than the length of the file, and has the file end behind it; one that is not
	 * there is made. What is before `at` is safe: where this fails or is cut, the file may hold anything behind.
	 */
	extend(name: string, at: number, bytes: Uint8Array): Promise<void>;
	/** Does nothing where there is no `from`. */
	rename(from: string, to: string): Promise<void>;
	/** Does nothing where there is no such file. */
	remove(name: string): Promise<void>;
}

export interface RecordingFile {
	readonly name: string;
	readonly bytes: number;
}

/** Takes bytes in, and gives their digest once. */
export interface RunningDigest {
	update(bytes: Uint8Array): void;
	/** Hexadecimal. */
	digest(): string;
}
