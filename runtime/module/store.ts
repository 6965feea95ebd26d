/**
 * Keeps modules by the digest of their bytes, and the list of what is installed.
 *
 * Bytes are written before the list names them and removed after it no longer does, and the list is
 * a file that is replaced whole: a cut at any instruction leaves the list before or the one after,
 * and every module it names complete. What a cut left over is removed by the next `open`.
 */
import type { Directory } from '../directory.ts';
import { type Digest, type Hasher, isDigest, sha256 } from './store-digest.ts';
import { StoreError } from './store-error.ts';
import { checkUnit, digestsOf, type Unit } from './store-index.ts';
import { type FoundList, StoreList } from './store-list.ts';

const BLOBS = 'blobs';

export interface ModuleStoreOptions {
	/** A folder of its own. */
	readonly directory: Directory;
	/** Default: SHA-256 of Web Crypto. */
	readonly hash?: Hasher;
}

export class ModuleStore {
	readonly #list: StoreList;
	readonly #blobs: Directory;
	readonly #hash: Hasher;
	/** Why modules that were installed are not here: they have to be installed again. */
	readonly problem: StoreError | undefined;
	#units: ReadonlyMap<string, Unit>;
	/** Stored, but not named by the list yet: an install between its `put` and its `record`. */
	readonly #unrecorded = new Set<Digest>();
	/** Named by a list whose write failed: it may be the one on the disk, so they have to stay. */
	#doubtful = new Set<Digest>();
	#lastChange: Promise<unknown> = Promise.resolve();

	private constructor(
		{ directory, hash }: Required<ModuleStoreOptions>,
		{ list, found: { units, problem } }: { list: StoreList; found: FoundList },
	) {
		this.#list = list;
		this.problem = problem;
		this.#blobs = directory.folder(BLOBS);
		this.#hash = hash;
		this.#units = new Map(units.map((unit) => [unit.name, unit]));
	}

	/**
	 * Reads the list and removes modules it does not name. Where it cannot be read, there is nothing but a `problem`: a
	 * box has to come up, or nobody could help it. Errors: `disk-full`, `io`.
	 */
	static async open({ directory, hash = sha256 }: ModuleStoreOptions): Promise<ModuleStore> {
		const list = new StoreList(directory, hash);
		const found = await list.read();
		const store = new ModuleStore({ directory, hash }, { list, found });
		if (found.mayNameMore) return store;
		const named = store.#named(store.#units);
		for (const name of await store.#blobs.list()) {
			// What will not go now is in nobody's way; the next start tries again.
			if (!named.has(name)) await store.#blobs.remove(name).catch(() => undefined);
		}
		return store;
	}

	/** Stores a module. Errors: `digest-mismatch` before anything is written, `disk-full`, `io`. */
	put(bytes: Uint8Array, digest: Digest): Promise<void> {
		return this.#change(async () => {
			const actual = await this.#hash(bytes);
			if (actual !== digest) {
				throw new StoreError('digest-mismatch', `the bytes have digest ${actual}, not ${digest}`);
			}
			// Flash wears out: what is there and whole is not written again.
			const stored = await this.#blobs.read(digest);
			if (stored === undefined || (await this.#hash(stored)) !== digest) {
				await this.#blobs.write(digest, bytes);
			}
			this.#unrecorded.add(digest);
		});
	}

	/** The module, checked against its digest. Errors: `not-stored`, `store-corrupt`, `io`. */
	async get(digest: Digest): Promise<Uint8Array> {
		const bytes = isDigest(digest) ? await this.#blobs.read(digest) : undefined;
		if (bytes === undefined) throw new StoreError('not-stored', `no module ${digest} is on this box`);
		if ((await this.#hash(bytes)) === digest) return bytes;
		throw new StoreError('store-corrupt', `the disk gave other bytes for module ${digest}; install it again`);
	}

	/** Removes a module that no unit names; one that is not there is no error. Errors: `in-use`, `io`. */
	remove(digest: Digest): Promise<void> {
		return this.#change(async () => {
			if (this.#named(this.#units).has(digest) || this.#doubtful.has(digest)) {
				throw new StoreError('in-use', `a deployment unit still names module ${digest}; forget it first`);
			}
			this.#unrecorded.delete(digest);
			if (isDigest(digest)) await this.#blobs.remove(digest);
		});
	}

	/** Digests of the modules on the box, named by a unit or not. */
	async list(): Promise<Digest[]> {
		return (await this.#blobs.list()).filter(isDigest);
	}

	/** What is installed, by name. */
	units(): Unit[] {
		return [...this.#units.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
	}

	unit(name: string): Unit | undefined {
		return this.#units.get(name);
	}

	/**
	 * Installs or replaces the unit of this name, in one step. The modules it names must be stored; those
	 * that only the unit before named are removed. Errors: `bad-unit`, `not-stored`, `disk-full`, `io`.
	 */
	record(unit: Unit): Promise<void> {
		return this.#change(async () => {
			checkUnit(unit);
			const stored = await this.list();
			const missing = digestsOf(unit).find((digest) => !stored.includes(digest));
			if (missing !== undefined) {
				throw new StoreError('not-stored', `${unit.name} names module ${missing}, which is not on this box`);
			}
			await this.#replace(new Map(this.#units).set(unit.name, unit));
			for (const digest of digestsOf(unit)) this.#unrecorded.delete(digest);
		});
	}

	/** Uninstalls a unit and removes the modules only it named; no such unit is no error. Errors: `disk-full`, `io`. */
	forget(name: string): Promise<void> {
		return this.#change(async () => {
			const units = new Map(this.#units);
			if (units.delete(name)) await this.#replace(units);
		});
	}

	async #replace(units: ReadonlyMap<string, Unit>): Promise<void> {
		const before = this.#named(this.#units).union(this.#doubtful);
		const after = this.#named(units);
		this.#doubtful = this.#doubtful.union(after);
		await this.#list.write([...units.values()]);
		this.#doubtful = new Set();
		this.#units = units;
		for (const digest of before) {
			// The list is written and counts; a module that will not go now goes with the next `open`.
			if (after.has(digest) || this.#unrecorded.has(digest)) continue;
			await this.#blobs.remove(digest).catch(() => undefined);
		}
	}

	#named(units: ReadonlyMap<string, Unit>): Set<Digest> {
		return new Set([...units.values()].flatMap(digestsOf));
	}

	/** One change at a time, in the order they were asked for, whatever became of the one before. */
	#change<Result>(change: () => Promise<Result>): Promise<Result> {
		const result = this.#lastChange.then(change, change);
		this.#lastChange = result.catch(() => undefined);
		return result;
	}
}
