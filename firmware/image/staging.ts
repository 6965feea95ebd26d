/** A folder that becomes a file system: nothing of the machine or the hour it was made in is in it. */
import { chmod, copyFile, lutimes, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export class Staging {
	readonly folder: string;

	constructor(folder: string) {
		this.folder = folder;
	}

	async folders(...paths: readonly string[]): Promise<void> {
		for (const path of paths) await mkdir(join(this.folder, path), { recursive: true, mode: 0o755 });
	}

	async copy(from: string, path: string, mode = 0o644): Promise<void> {
		const to = await this.#placeFor(path);
		await copyFile(from, to);
		await chmod(to, mode);
	}

	async write(path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
		const to = await this.#placeFor(path);
		await writeFile(to, content);
		await chmod(to, mode);
	}

	async link(path: string, to: string): Promise<void> {
		await symlink(to, await this.#placeFor(path));
	}

	/** Of everything in it, in order. */
	async paths(): Promise<string[]> {
		return (await readdir(this.folder, { recursive: true })).toSorted();
	}

	/** To be called last. @param seconds since the epoch */
	async settle(seconds: number): Promise<void> {
		for (const entry of await readdir(this.folder, { recursive: true, withFileTypes: true }))
			await lutimes(join(entry.parentPath, entry.name), seconds, seconds);
		await lutimes(this.folder, seconds, seconds);
	}

	async #placeFor(path: string): Promise<string> {
		const to = join(this.folder, path);
		await mkdir(dirname(to), { recursive: true, mode: 0o755 });
		return to;
	}
}
