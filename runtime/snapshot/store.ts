/**
 * Keeps the snapshots of one VM in a folder: the newest base with its deltas, and the generation before it.
 *
 * Every file is written whole or not at all, and one is removed only once newer ones are durable, so a
 * power cut at any instruction leaves the last snapshot that `put` has resolved for, or the one it was at.
 * A new base makes the generation before last superfluous: that is how chains of deltas come to an end.
 */

import type { PageDigester } from '../digest/page-digester.ts';
import type { Directory } from '../directory.ts';
import { SnapshotError, type snapshotErrors } from './error.ts';
import { baseFile, deltaFile, filesOf, type Generation, generationsOf } from './generation-files.ts';
import { readHeader } from './header.ts';
import type { Packing } from './packing.ts';
import { packSnapshotLater, type ReadOptions, readSnapshot, type Snapshot } from './snapshot.ts';

const generationsKept = 2;

export interface SnapshotStoreOptions {
	/** Of this VM alone. */
	readonly directory: Directory;
	readonly packing: Packing;
	readonly digester: PageDigester;
}

export interface LostSnapshot {
	readonly file: string;
	/** What is wrong with it, or with one that it follows. */
	readonly code: keyof typeof snapshotErrors;
	readonly message: string;
}

export interface Loaded {
	/** The newest that can be used; undefined where there is none. */
	readonly snapshot: Snapshot | undefined;
	/** Newer ones that cannot: anything in here is lost work. The newest first. */
	readonly lost: readonly LostSnapshot[];
}

export class SnapshotStore {
	readonly #directory: Directory;
	readonly #packing: Packing;
	readonly #digester: PageDigester;
	/** What a delta may follow. */
	#last: { readonly generation: number; readonly deltas: number; readonly id: bigint } | undefined;
	#order: Promise<unknown> = Promise.resolve();

	constructor({ directory, packing, digester }: SnapshotStoreOptions) {
		this.#directory = directory;
		this.#packing = packing;
		this.#digester = digester;
	}

	/**
	 * Durable once it has resolved. After it has failed, the next has to be a base.
	 *
	 * @param bytes from a `Recorder`, packed or not, in the order they were taken
	 * @throws SnapshotError `not-next`, `damaged`; errors of `Directory.write`
	 */
	put(bytes: Uint8Array): Promise<void> {
		return this.#inOrder(async () => {
			const last = this.#last;
			this.#last = undefined;
			const { kind, id, follows } = readHeader(bytes, this.#digester).header;
			const packed = await packSnapshotLater(bytes, this.#packing, this.#digester);
			if (kind === 'base') {
				const generations = generationsOf(await this.#directory.list());
				const generation = (generations[0]?.number ?? 0) + 1;
				await this.#directory.write(baseFile(generation), packed);
				this.#last = { generation, deltas: 0, id };
				await this.#remove(generations.slice(generationsKept - 1));
				return;
			}
			if (last?.id !== follows)
				throw new SnapshotError('not-next', 'the snapshot holds changes to one that was not kept');
			const { generation, deltas } = last;
			await this.#directory.write(deltaFile(generation, deltas + 1), packed);
			this.#last = { generation, deltas: deltas + 1, id };
		});
	}

	/**
	 * The newest snapshot of this origin. Files that are damaged are removed, those of another version or
	 * module stay: the platform may go back to it. @throws errors of `Directory`
	 */
	load(options: Pick<ReadOptions, 'origin' | 'mostBytes'>): Promise<Loaded> {
		return this.#inOrder(async () => {
			const lost: LostSnapshot[] = [];
			for (const generation of generationsOf(await this.#directory.list())) {
				const snapshot = await this.#read(generation, options, lost);
				if (snapshot !== undefined) return { snapshot, lost };
			}
			return { snapshot: undefined, lost };
		});
	}

	/** Forgets everything, as when the VM is uninstalled. */
	clear(): Promise<void> {
		return this.#inOrder(async () => {
			this.#last = undefined;
			await this.#remove(generationsOf(await this.#directory.list()));
		});
	}

	/** As far as it can be read. */
	async #read(
		generation: Generation,
		options: Pick<ReadOptions, 'origin' | 'mostBytes'>,
		lost: LostSnapshot[],
	): Promise<Snapshot | undefined> {
		const { packing, digester } = { packing: this.#packing, digester: this.#digester };
		let snapshot: Snapshot | undefined;
		const files = filesOf({ ...generation, hasBase: true }).reverse();
		for (const [at, file] of files.entries()) {
			try {
				const bytes = await this.#directory.read(file);
				if (bytes === undefined) throw new SnapshotError('not-next', 'the base of these deltas is not there');
				snapshot = readSnapshot(bytes, { ...options, packing, digester }, snapshot);
			} catch (error) {
				if (!(error instanceof SnapshotError)) throw error;
				const { code, message } = error;
				lost.push(
					...files
						.slice(at)
						.reverse()
						.map((each) => ({ file: each, code, message })),
				);
				// What follows a damaged one means nothing without it.
				if (code === 'damaged' || code === 'not-next')
					for (const each of files.slice(at).reverse()) await this.#directory.remove(each);
				return snapshot;
			}
		}
		return snapshot;
	}

	async #remove(generations: readonly Generation[]): Promise<void> {
		for (const generation of generations.toReversed())
			for (const file of filesOf(generation)) await this.#directory.remove(file);
	}

	#inOrder<Result>(step: () => Promise<Result>): Promise<Result> {
		const result = this.#order.then(step);
		this.#order = result.catch(() => undefined);
		return result;
	}
}
