/** Recordings on the kernel's file system: small files are replaced as `Directory` does it, large ones grow. */
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, statfs, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type {
	RecordingFile,
	RecordingFiles,
	RecordingFolder,
} from '../../runtime/capability/recordings/recording-files.ts';
import type { Directory } from '../../runtime/directory.ts';
import { DirectoryError } from '../../runtime/directory-error.ts';
import { checkedFileName } from '../../runtime/file-name.ts';
import { openDirectory } from './directory.ts';
import { onDisk } from './node-disk.ts';
import { syncFolder } from './sync-folder.ts';

const { O_RDWR, O_CREAT } = constants;

/** Opens a folder, made if it is not there. One process at a time may have it open. Errors: `disk-full`, `io`. */
export async function openRecordingFiles(path: string): Promise<RecordingFiles> {
	const directory = await openDirectory(path);
	return {
		folder: (name) => new NodeRecordingFolder(join(path, checkedFileName(name)), directory.folder(name)),
		folders: () =>
			onDisk(path, async () => {
				const entries = await readdir(path, { withFileTypes: true });
				return entries
					.filter((entry) => entry.isDirectory())
					.map(({ name }) => name)
					.sort();
			}),
		freeBytes: () =>
			onDisk(path, async () => {
				const { bavail, bsize } = await statfs(path);
				return bavail * bsize;
			}),
	};
}

class NodeRecordingFolder implements RecordingFolder {
	readonly #path: string;
	readonly #directory: Directory;

	constructor(path: string, directory: Directory) {
		this.#path = path;
		this.#directory = directory;
	}

	async list(): Promise<RecordingFile[]> {
		const names = await this.#directory.list();
		return Promise.all(names.map(async (name) => ({ name, bytes: await this.#lengthOf(name) })));
	}

	read(name: string, at: number, length: number): Promise<Uint8Array> {
		return this.#step(name, async (path) => {
			await using file = await ifThere(open(path, 'r'));
			return file === undefined ? new Uint8Array() : await readUpTo(file, at, length);
		});
	}

	replace(name: string, bytes: Uint8Array): Promise<void> {
		return this.#directory.write(name, bytes);
	}

	extend(name: string, at: number, bytes: Uint8Array): Promise<void> {
		return this.#step(name, async (path) => {
			if (at === 0) await this.#make();
			await using file = await open(path, at === 0 ? O_RDWR | O_CREAT : O_RDWR, 0o600);
			const { size } = await file.stat();
			if (size < at) throw new DirectoryError('io', `${path} ends at ${size}, before ${at}`);
			if (size > at) await file.truncate(at);
			for (let done = 0; done < bytes.length; )
				done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
			await file.datasync();
			// Only one that has something is known to have been named before.
			if (size === 0) await syncFolder(this.#path);
		});
	}

	rename(from: string, to: string): Promise<void> {
		const target = join(this.#path, checkedFileName(to));
		return this.#step(from, async (path) => {
			if ((await ifThere(rename(path, target).then(() => true))) !== undefined) await syncFolder(this.#path);
		});
	}

	remove(name: string): Promise<void> {
		return this.#step(name, async (path) => {
			if ((await ifThere(unlink(path).then(() => true))) !== undefined) await syncFolder(this.#path);
		});
	}

	async #make(): Promise<void> {
		const made = await mkdir(this.#path, { recursive: true, mode: 0o700 });
		if (made !== undefined) await syncFolder(dirname(this.#path));
	}

	#lengthOf(name: string): Promise<number> {
		return this.#step(name, async (path) => {
			await using file = await ifThere(open(path, 'r'));
			return (await file?.stat())?.size ?? 0;
		});
	}

	async #step<Result>(name: string, step: (path: string) => Promise<Result>): Promise<Result> {
		const path = join(this.#path, checkedFileName(name));
		return onDisk(path, () => step(path));
	}
}

async function readUpTo(file: FileHandle, from: number, length: number): Promise<Uint8Array> {
	const bytes = new Uint8Array(length);
	for (let at = 0; at < length; ) {
		const { bytesRead } = await file.read(bytes, at, length - at, from + at);
		if (bytesRead === 0) return bytes.subarray(0, at);
		at += bytesRead;
	}
	return bytes;
}

async function ifThere<Result>(step: Promise<Result>): Promise<Result | undefined> {
	try {
		return await step;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
		throw error;
	}
}
