/** The steps of `LogFiles` in one folder of the kernel's file system. */
import { constants } from 'node:fs';
import { type FileHandle, open, readdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LogFile, LogFiles } from '../../runtime/journal/log-files.ts';
import { makeFolder } from './make-folder.ts';
import { onDisk } from './node-disk.ts';
import { syncFolder } from './sync-folder.ts';

// With O_DSYNC a write is its own fdatasync: one trip to another thread for both.
const { O_WRONLY, O_CREAT, O_TRUNC, O_DSYNC } = constants;

/** Opens a folder, made if it is not there. Errors: `disk-full`, `io`. */
export async function openLogFiles(path: string): Promise<LogFiles> {
	await onDisk(path, async () => {
		await makeFolder(path, { mode: 0o700 });
		await syncFolder(dirname(path));
	});
	return new NodeLogFiles(path);
}

class NodeLogFiles implements LogFiles {
	readonly #path: string;

	constructor(path: string) {
		this.#path = path;
	}

	list(): Promise<string[]> {
		return onDisk(this.#path, async () => {
			const entries = await readdir(this.#path, { withFileTypes: true });
			return entries
				.filter((entry) => entry.isFile())
				.map(({ name }) => name)
				.sort();
		});
	}

	read(name: string, mostBytes: number): Promise<Uint8Array | undefined> {
		const path = join(this.#path, name);
		return onDisk(path, async () => {
			await using file = await openIfThere(path);
			return file && (await readUpTo(file, mostBytes));
		});
	}

	create(name: string): Promise<LogFile> {
		const path = join(this.#path, name);
		return onDisk(path, async () => {
			const file = await open(path, O_WRONLY | O_CREAT | O_TRUNC | O_DSYNC, 0o600);
			const named = syncFolder(this.#path);
			// Who appends first hears of it.
			named.catch(() => undefined);
			return new NodeLogFile({ path, file, named });
		});
	}

	remove(name: string): Promise<void> {
		const path = join(this.#path, name);
		return onDisk(path, async () => {
			try {
				await unlink(path);
			} catch (error) {
				if (!isAbsence(error)) throw error;
			}
			await syncFolder(this.#path);
		});
	}
}

class NodeLogFile implements LogFile {
	readonly #path: string;
	readonly #file: FileHandle;
	/** Its name is durable. */
	readonly #named: Promise<void>;

	constructor({ path, file, named }: { path: string; file: FileHandle; named: Promise<void> }) {
		this.#path = path;
		this.#file = file;
		this.#named = named;
	}

	append(bytes: Uint8Array): Promise<void> {
		return onDisk(this.#path, async () => {
			// The kernel may take a part, as it does when the disk fills up.
			for (let at = 0; at < bytes.length; )
				at += (await this.#file.write(bytes, at, bytes.length - at)).bytesWritten;
			await this.#named;
		});
	}

	close(): Promise<void> {
		return onDisk(this.#path, () => this.#file.close());
	}
}

async function readUpTo(file: FileHandle, mostBytes: number): Promise<Uint8Array> {
	const { size } = await file.stat();
	const bytes = new Uint8Array(Math.min(size, mostBytes));
	for (let at = 0; at < bytes.length; ) {
		const { bytesRead } = await file.read(bytes, at, bytes.length - at, at);
		if (bytesRead === 0) return bytes.subarray(0, at);
		at += bytesRead;
	}
	return bytes;
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
	try {
		return await open(path, 'r');
	} catch (error) {
		if (isAbsence(error)) return undefined;
		throw error;
	}
}

function isAbsence(error: unknown): boolean {
	return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
