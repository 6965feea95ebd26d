/**
 * A disk that forgets what was not synced: the double of `Disk` that a test can cut the power of.
 *
 * Names change in journal order, folder by folder, and become durable with `syncFolder`; content becomes
 * durable with the sync inside `create`. After a cut some, none or all of the rest may have reached the
 * disk: the test chooses.
 */
import { DirectoryError } from './directory-error.ts';
import type { Disk, DiskEntry } from './disk.ts';

/** What every operation of a disk without power throws. */
export class PowerCut extends Error {
	override readonly name = 'PowerCut';
}

interface File {
	bytes: Uint8Array;
	isSynced: boolean;
}

interface Folder {
	names: Map<string, Node>;
	durable: Map<string, Node>;
	/** Changes of names that are not durable yet; each takes effect whole or not at all. */
	journal: (readonly (readonly [name: string, node: Node | undefined])[])[];
}

type Node = File | Folder;

export class MemoryDisk implements Disk {
	readonly #capacity: number;
	readonly #root: Folder = { names: new Map(), durable: new Map(), journal: [] };
	#steps = 0;
	#cutAt = Number.POSITIVE_INFINITY;
	#failure: { at: number; code: 'disk-full' | 'io' } | undefined;
	#hasPower = true;

	/** @param capacity bytes that all files together may have; default unlimited */
	constructor({ capacity = Number.POSITIVE_INFINITY }: { capacity?: number } = {}) {
		this.#capacity = capacity;
	}

	/** Steps taken so far: each is one change that a cut can come before. */
	get steps(): number {
		return this.#steps;
	}

	/** Lets `steps` more steps happen and cuts the power before the next. */
	cutAfter(steps: number): void {
		this.#cutAt = this.#steps + steps;
	}

	/** Lets `steps` more steps happen and fails the next one, once. */
	failAfter(steps: number, code: 'disk-full' | 'io'): void {
		this.#failure = { at: this.#steps + steps, code };
	}

	/**
	 * Power is back. `choose(most)` says, from 0 to `most`, how much of each thing that was not durable
	 * had reached the disk; by default nothing had.
	 */
	restart(choose: (most: number) => number = () => 0): void {
		this.#hasPower = true;
		this.#cutAt = Number.POSITIVE_INFINITY;
		this.#failure = undefined;
		settle(this.#root, choose);
	}

	async read(path: string): Promise<Uint8Array | undefined> {
		this.#requirePower();
		const node = this.#find(path);
		return node === undefined || isFolder(node) ? undefined : node.bytes.slice();
	}

	async create(path: string, bytes: Uint8Array): Promise<void> {
		const { folder, name } = this.#place(path);
		this.#step();
		const file: File = { bytes: new Uint8Array(), isSynced: true };
		change(folder, [[name, file]]);
		const room = this.#capacity - sizeOf(this.#root);
		file.bytes = bytes.slice(0, Math.max(0, room));
		file.isSynced = false;
		if (bytes.length > room)
			throw new DirectoryError('disk-full', `no room for ${bytes.length} bytes of ${path}`);
		this.#step();
		file.isSynced = true;
	}

	async rename(from: string, to: string): Promise<void> {
		this.#step();
		const source = this.#place(from);
		const target = this.#place(to);
		const node = source.folder.names.get(source.name);
		if (node === undefined || source.folder !== target.folder) {
			throw new DirectoryError('io', `cannot rename ${from} to ${to}`);
		}
		change(source.folder, [
			[source.name, undefined],
			[target.name, node],
		]);
	}

	async remove(path: string): Promise<boolean> {
		this.#requirePower();
		const node = this.#find(path);
		if (node === undefined || isFolder(node)) return false;
		this.#step();
		const { folder, name } = this.#place(path);
		change(folder, [[name, undefined]]);
		return true;
	}

	async syncFolder(path: string): Promise<void> {
		this.#step();
		const folder = this.#folder(path);
		folder.durable = new Map(folder.names);
		folder.journal = [];
	}

	async makeFolder(path: string): Promise<void> {
		this.#step();
		const { folder, name } = this.#place(path);
		if (folder.names.has(name)) return;
		change(folder, [[name, { names: new Map(), durable: new Map(), journal: [] }]]);
	}

	async entries(path: string): Promise<DiskEntry[]> {
		this.#requirePower();
		const node = this.#find(path);
		if (node === undefined || !isFolder(node)) return [];
		return [...node.names].map(([name, child]) => ({ name, isFolder: isFolder(child) }));
	}

	#step(): void {
		this.#requirePower();
		if (this.#steps >= this.#cutAt) this.#hasPower = false;
		this.#requirePower();
		const step = this.#steps++;
		if (this.#failure?.at !== step) return;
		const { code } = this.#failure;
		this.#failure = undefined;
		throw new DirectoryError(code, `the disk was told to fail at step ${step}`);
	}

	#requirePower(): void {
		if (!this.#hasPower) throw new PowerCut('the power was cut');
	}

	#find(path: string): Node | undefined {
		let node: Node | undefined = this.#root;
		for (const name of path === '' ? [] : path.split('/')) {
			node = node !== undefined && isFolder(node) ? node.names.get(name) : undefined;
		}
		return node;
	}

	#folder(path: string): Folder {
		const node = this.#find(path);
		if (node !== undefined && isFolder(node)) return node;
		throw new DirectoryError('io', `there is no folder ${JSON.stringify(path)}`);
	}

	#place(path: string): { folder: Folder; name: string } {
		const slash = path.lastIndexOf('/');
		return { folder: this.#folder(path.slice(0, Math.max(0, slash))), name: path.slice(slash + 1) };
	}
}

function isFolder(node: Node): node is Folder {
	return 'names' in node;
}

function change(folder: Folder, changes: Folder['journal'][number]): void {
	apply(folder.names, changes);
	folder.journal.push(changes);
}

function apply(names: Map<string, Node>, changes: Folder['journal'][number]): void {
	for (const [name, node] of changes) {
		if (node === undefined) names.delete(name);
		else names.set(name, node);
	}
}

function settle(node: Node, choose: (most: number) => number): void {
	if (!isFolder(node)) {
		if (!node.isSynced) node.bytes = node.bytes.slice(0, choose(node.bytes.length));
		node.isSynced = true;
		return;
	}
	for (const changes of node.journal.slice(0, choose(node.journal.length))) apply(node.durable, changes);
	node.journal = [];
	node.names = new Map(node.durable);
	for (const child of node.names.values()) settle(child, choose);
}

function sizeOf(node: Node): number {
	if (!isFolder(node)) return node.bytes.length;
	let size = 0;
	for (const child of node.names.values()) size += sizeOf(child);
	return size;
}
