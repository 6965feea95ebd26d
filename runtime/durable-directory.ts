/**
 * A `Directory` that survives power cuts on any `Disk`: write aside, sync, rename, sync the folder.
 *
 * The same steps run on the real disk and on the modelled one, so what a cut at each step does to the
 * one is what the tests see of the other. One process at a time may own a folder.
 */
import type { Directory } from './directory.ts';
import type { Disk } from './disk.ts';
import { checkedFileName, isFileName } from './file-name.ts';

// Unfinished files start with a character that no name may have, so they can never be taken for one.
const UNFINISHED = '~';

export class DurableDirectory implements Directory {
	readonly #disk: Disk;
	readonly #path: string;
	readonly #parent: DurableDirectory | undefined;
	/** One count for all folders: two objects of one folder would otherwise take each other's unfinished files. */
	readonly #unfinished: { next: number };
	#made: Promise<void> | undefined;

	/** @param parent the folder above, for one that may have to be made first */
	constructor(disk: Disk, path = '', parent?: DurableDirectory) {
		this.#disk = disk;
		this.#path = path;
		this.#parent = parent;
		this.#unfinished = parent === undefined ? { next: 0 } : parent.#unfinished;
	}

	async read(name: string): Promise<Uint8Array | undefined> {
		return this.#disk.read(this.#at(name));
	}

	async write(name: string, bytes: Uint8Array): Promise<void> {
		const path = this.#at(name);
		await this.#make();
		const aside = this.#join(`${UNFINISHED}${name}.${this.#unfinished.next++}`);
		try {
			await this.#disk.create(aside, bytes);
			await this.#disk.rename(aside, path);
		} catch (error) {
			// A disk that failed once may fail again; what stays behind is swept at the next start.
			await this.#disk.remove(aside).catch(() => undefined);
			throw error;
		}
		await this.#disk.syncFolder(this.#path);
	}

	async remove(name: string): Promise<void> {
		const path = this.#at(name);
		if (await this.#disk.remove(path)) await this.#disk.syncFolder(this.#path);
	}

	async list(): Promise<string[]> {
		const entries = await this.#disk.entries(this.#path);
		return entries
			.filter((entry) => !entry.isFolder && isFileName(entry.name))
			.map((entry) => entry.name)
			.sort();
	}

	folder(name: string): DurableDirectory {
		return new DurableDirectory(this.#disk, this.#at(name), this);
	}

	/** Removes what writes that a cut ended left behind, here and in every folder below. */
	async sweep(): Promise<void> {
		for (const { name, isFolder } of await this.#disk.entries(this.#path)) {
			if (isFolder && isFileName(name)) await this.folder(name).sweep();
			else if (!isFolder && name.startsWith(UNFINISHED)) await this.#disk.remove(this.#join(name));
		}
	}

	#make(): Promise<void> {
		if (this.#parent === undefined) return Promise.resolve();
		this.#made ??= this.#makeBelow(this.#parent).catch((error) => {
			this.#made = undefined;
			throw error;
		});
		return this.#made;
	}

	async #makeBelow(parent: DurableDirectory): Promise<void> {
		await parent.#make();
		await this.#disk.makeFolder(this.#path);
		await this.#disk.syncFolder(parent.#path);
	}

	#at(name: string): string {
		return this.#join(checkedFileName(name));
	}

	#join(name: string): string {
		return this.#path === '' ? name : `${this.#path}/${name}`;
	}
}
