/**
 * Append-only files that forget what was not synced: the double of `LogFiles` that a test can cut the
 * power of, fill up, stall and damage.
 *
 * After a cut any part of what was not synced may be there, with holes of zeros as a kernel leaves them
 * that wrote the length before the data: the test chooses.
 */
import { DirectoryError } from '../directory-error.ts';
import { PowerCut } from '../memory-disk.ts';
import { joined } from './joined.ts';
import type { LogFile, LogFiles } from './log-files.ts';

const sectorBytes = 512;

interface Content {
	bytes: Uint8Array;
	syncedBytes: number;
	/** An append has made its name durable. */
	isNamed: boolean;
}

type Names = Map<string, Content>;
type Change = (names: Names) => void;

export class MemoryLogFiles implements LogFiles {
	readonly #capacity: number;
	#names: Names = new Map();
	#durable: Names = new Map();
	/** Changes of names that are not durable yet, in order. */
	#changes: Change[] = [];
	#steps = 0;
	#cutAt = Number.POSITIVE_INFINITY;
	readonly #failures = new Map<number, 'disk-full' | 'io'>();
	#hasPower = true;
	/** What was under way when the power went does not go on when it is back. */
	#cuts = 0;
	readonly #stalled = new Map<'append' | 'remove', PromiseWithResolvers<void>>();

	/** @param capacity bytes that all files together may have; default unlimited */
	constructor({ capacity = Number.POSITIVE_INFINITY }: { capacity?: number } = {}) {
		this.#capacity = capacity;
	}

	/**
	 * Steps taken so far: each is one that a cut can come before. An append is two, its write and its sync, and
	 * the first to a file one more, for its name; a removal is two as well.
	 */
	get steps(): number {
		return this.#steps;
	}

	/** Lets `steps` more steps happen and cuts the power before the next. */
	cutAfter(steps: number): void {
		this.#cutAt = this.#steps + steps;
	}

	/** Lets `steps` more steps happen and fails the next one, once. */
	failAfter(steps: number, code: 'disk-full' | 'io'): void {
		this.#failures.set(this.#steps + steps, code);
	}

	/** Until `resume`, no such step ends: a disk that is busy with something else. */
	stall(step: 'append' | 'remove' = 'append'): void {
		if (!this.#stalled.has(step)) this.#stalled.set(step, Promise.withResolvers());
	}

	resume(): void {
		for (const { resolve } of this.#stalled.values()) resolve();
		this.#stalled.clear();
	}

	/**
	 * Power is back. `choose(most)` says, from 0 to `most`, how much of each thing that was not durable
	 * had reached the disk; by default nothing had.
	 */
	restart(choose: (most: number) => number = () => 0): void {
		this.#hasPower = true;
		this.#cuts++;
		this.#cutAt = Number.POSITIVE_INFINITY;
		this.#failures.clear();
		this.#stalled.clear();
		for (const change of this.#changes.slice(0, choose(this.#changes.length))) change(this.#durable);
		this.#changes = [];
		this.#names = new Map(this.#durable);
		for (const content of this.#names.values()) settle(content, choose);
	}

	/** Turns one bit of a file over, as a worn cell does. */
	flip(name: string, bit: number): void {
		const { bytes } = this.#content(name);
		bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
	}

	/** What the file holds now, synced or not. */
	bytesOf(name: string): Uint8Array {
		return this.#content(name).bytes.slice();
	}

	/** Puts a file there as if it had always been. */
	put(name: string, bytes: Uint8Array): void {
		const content = { bytes: bytes.slice(), syncedBytes: bytes.length, isNamed: true };
		this.#names.set(name, content);
		this.#durable.set(name, content);
	}

	async list(): Promise<string[]> {
		this.#requirePower();
		return [...this.#names.keys()].sort();
	}

	async read(name: string, mostBytes: number): Promise<Uint8Array | undefined> {
		this.#requirePower();
		return this.#names.get(name)?.bytes.slice(0, mostBytes);
	}

	async create(name: string): Promise<LogFile> {
		this.#step();
		const content: Content = { bytes: new Uint8Array(), syncedBytes: 0, isNamed: false };
		this.#change((names) => names.set(name, content));
		return {
			append: (bytes) => this.#append(content, bytes),
			close: async () => undefined,
		};
	}

	async remove(name: string): Promise<void> {
		this.#step();
		this.#change((names) => names.delete(name));
		await this.#busy('remove');
		this.#syncNames();
	}

	async #append(content: Content, bytes: Uint8Array): Promise<void> {
		this.#step();
		await this.#busy('append');
		let used = 0;
		for (const { bytes: taken } of this.#names.values()) used += taken.length;
		const room = Math.max(0, this.#capacity - used);
		// Only now, as a kernel that takes its time: a caller that does not wait shows in what is read back.
		content.bytes = joined(content.bytes, bytes.subarray(0, room));
		if (bytes.length > room) throw new DirectoryError('disk-full', `no room for ${bytes.length} bytes`);
		this.#step();
		content.syncedBytes = content.bytes.length;
		if (content.isNamed) return;
		this.#syncNames();
		content.isNamed = true;
	}

	async #busy(step: 'append' | 'remove'): Promise<void> {
		const cuts = this.#cuts;
		await this.#stalled.get(step)?.promise;
		if (cuts !== this.#cuts) throw new PowerCut('the power was cut');
	}

	#change(change: Change): void {
		change(this.#names);
		this.#changes.push(change);
	}

	#syncNames(): void {
		this.#step();
		this.#durable = new Map(this.#names);
		this.#changes = [];
	}

	#step(): void {
		this.#requirePower();
		if (this.#steps >= this.#cutAt) this.#hasPower = false;
		this.#requirePower();
		const code = this.#failures.get(this.#steps++);
		if (code !== undefined) throw new DirectoryError(code, 'the disk was told to fail');
	}

	#requirePower(): void {
		if (!this.#hasPower) throw new PowerCut('the power was cut');
	}

	#content(name: string): Content {
		const content = this.#names.get(name);
		if (content === undefined) throw new DirectoryError('io', `there is no file ${name}`);
		return content;
	}
}

function settle(content: Content, choose: (most: number) => number): void {
	const unsynced = content.bytes.length - content.syncedBytes;
	const kept = content.bytes.slice(0, content.syncedBytes + choose(unsynced));
	const hole = content.syncedBytes + choose(Math.max(0, kept.length - content.syncedBytes));
	// A hole begins and ends where a sector does, or where the synced part ends.
	if (choose(3) === 1) {
		const from = Math.max(content.syncedBytes, hole - (hole % sectorBytes));
		kept.fill(0, from, from + sectorBytes);
	}
	content.bytes = kept;
	content.syncedBytes = kept.length;
}
