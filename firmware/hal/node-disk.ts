/** The steps of `Disk` on the kernel's file system. */
import { mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { DirectoryError } from '../../runtime/directory-error.ts';
import type { Disk, DiskEntry } from '../../runtime/disk.ts';
import { syncFolder } from './sync-folder.ts';

const ABSENT = new Set<string | undefined>(['ENOENT', 'EISDIR', 'ENOTDIR']);

export class NodeDisk implements Disk {
	readonly #root: string;

	/** @param root the folder that paths start from; it must be there */
	constructor(root: string) {
		this.#root = root;
	}

	read(path: string): Promise<Uint8Array | undefined> {
		return onDisk(path, () =>
			absentAs(undefined, async () => {
				const { buffer, byteOffset, length } = await readFile(join(this.#root, path));
				// A Buffer is an Uint8Array by type, but slices and prints by other rules.
				return new Uint8Array(buffer, byteOffset, length);
			}),
		);
	}

	create(path: string, bytes: Uint8Array): Promise<void> {
		return onDisk(path, async () => {
			await using file = await open(join(this.#root, path), 'w', 0o600);
			await file.writeFile(bytes);
			await file.sync();
		});
	}

	rename(from: string, to: string): Promise<void> {
		return onDisk(to, () => rename(join(this.#root, from), join(this.#root, to)));
	}

	remove(path: string): Promise<boolean> {
		return onDisk(path, () =>
			absentAs(false, async () => {
				await unlink(join(this.#root, path));
				return true;
			}),
		);
	}

	syncFolder(path: string): Promise<void> {
		return onDisk(path, () => syncFolder(join(this.#root, path)));
	}

	makeFolder(path: string): Promise<void> {
		return onDisk(path, async () => {
			await mkdir(join(this.#root, path), { recursive: true, mode: 0o700 });
		});
	}

	entries(path: string): Promise<DiskEntry[]> {
		return onDisk(path, () =>
			absentAs([], async () => {
				const entries = await readdir(join(this.#root, path), { withFileTypes: true });
				return entries.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
			}),
		);
	}
}

/** Runs a step of the disk and gives what the kernel says one of our codes. */
export async function onDisk<Result>(path: string, step: () => Promise<Result>): Promise<Result> {
	try {
		return await step();
	} catch (error) {
		const reason = (error as NodeJS.ErrnoException).code ?? String(error);
		const isFull = reason === 'ENOSPC' || reason === 'EDQUOT';
		throw new DirectoryError(isFull ? 'disk-full' : 'io', `${path}: the disk answered ${reason}`, {
			cause: error,
		});
	}
}

async function absentAs<Result>(absent: Result, step: () => Promise<Result>): Promise<Result> {
	try {
		return await step();
	} catch (error) {
		// A folder in the place of a file, or a file in the place of a folder, is no such file either.
		if (ABSENT.has((error as NodeJS.ErrnoException).code)) return absent;
		throw error;
	}
}
