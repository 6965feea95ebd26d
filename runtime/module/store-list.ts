/**
 * The list of what is installed, on the disk: twice, so that a sector that goes bad takes nothing from a box.
 *
 * What can be read in neither way is set aside before anything is written over it.
 */
import type { Directory } from '../directory.ts';
import type { Hasher } from './store-digest.ts';
import { StoreError } from './store-error.ts';
import { decodeIndex, encodeIndex, type Unit } from './store-index.ts';

const INDEX = 'index';
const COPY = 'index-copy';
/** What a later firmware has written, which may be back; and what nobody can read any more. */
const NEWER = 'index-newer';
const DAMAGED = 'index-damaged';

export interface FoundList {
	readonly units: readonly Unit[];
	/** Why it is not all that was installed: `store-corrupt`, `store-newer`. */
	readonly problem?: StoreError;
	/** There may be modules that only a list names which cannot be read here. */
	readonly mayNameMore: boolean;
}

export class StoreList {
	readonly #directory: Directory;
	readonly #hash: Hasher;
	#unreadable: { readonly name: string; readonly file: Uint8Array } | undefined;

	constructor(directory: Directory, hash: Hasher) {
		this.#directory = directory;
		this.#hash = hash;
	}

	/** Errors: `io`. */
	async read(): Promise<FoundList> {
		const file = await this.#directory.read(INDEX);
		const copy = await this.#directory.read(COPY);
		const mayNameMore = (await this.#directory.read(NEWER)) !== undefined;
		if (file === undefined && copy === undefined) return { units: [], mayNameMore };
		const index = await this.#decode(file);
		if (Array.isArray(index)) {
			// A cut came between the two, or there was none yet.
			if (file !== undefined && !isSame(file, copy)) await this.#writeCopy(file);
			return { units: index, mayNameMore };
		}
		// A later firmware need not keep a copy that this one understands: it may be from before.
		const units = index.code === 'store-newer' ? index : await this.#decode(copy);
		if (Array.isArray(units)) {
			// Where the disk does not take it, the copy counts once more.
			if (copy !== undefined) await this.#directory.write(INDEX, copy).catch(() => undefined);
			return { units, mayNameMore };
		}
		const name = index.code === 'store-newer' ? NEWER : DAMAGED;
		this.#unreadable = { name, file: file ?? new Uint8Array() };
		return { units: [], problem: index, mayNameMore: true };
	}

	/** Replaces it. Errors: `disk-full`, `io`. */
	async write(units: readonly Unit[]): Promise<void> {
		if (this.#unreadable !== undefined)
			await this.#directory.write(this.#unreadable.name, this.#unreadable.file);
		this.#unreadable = undefined;
		const file = await encodeIndex(units, this.#hash);
		await this.#directory.write(INDEX, file);
		await this.#writeCopy(file);
	}

	/** Never rejects: the list itself is written and counts. */
	async #writeCopy(file: Uint8Array): Promise<void> {
		// A copy of another list would be worse than none.
		await this.#directory.write(COPY, file).catch(() => this.#directory.remove(COPY).catch(() => undefined));
	}

	async #decode(file: Uint8Array | undefined): Promise<Unit[] | StoreError> {
		try {
			return await decodeIndex(file ?? new Uint8Array(), this.#hash);
		} catch (error) {
			if (error instanceof StoreError) return error;
			throw error;
		}
	}
}

function isSame(a: Uint8Array, b: Uint8Array | undefined): boolean {
	return b !== undefined && a.length === b.length && a.every((byte, at) => byte === b[at]);
}
