/**
 * The whole state of a guest between two turns: taken out, and put into a fresh instance of the same module.
 *
 * There is no native stack then, so memory, mutable globals and the tables that the module writes are
 * all of it. To be used between turns only: a turn that is suspended has more.
 */
import { type StateLayout, stateExports, stateLayoutOf, stateObstacles } from './instrument/state-layout.ts';
import { piecesOf } from './page-runs.ts';
import { StateError } from './state-error.ts';

/** Bytes of the pieces that memory is kept in. */
export const statePageBytes = 4096;

export interface GuestImage {
	/** Bits of the mutable globals, in the order that `instrument` gave them. */
	readonly globals: BigUint64Array;
	/** Entries of each table as numbers of functions; -1 for none. */
	readonly tables: readonly Int32Array[];
	/** What the memory has grown to: a multiple of 64 KiB. */
	readonly memoryBytes: number;
	/** Pages of `statePageBytes` that are not all zero, by their number. */
	readonly pages: ReadonlyMap<number, Uint8Array>;
}

export interface Captured {
	readonly globals: BigUint64Array;
	readonly tables: readonly Int32Array[];
	/** The memory itself, not a copy: the next turn changes it. */
	readonly memory: Uint8Array;
}

type Reader = () => bigint | bigint[];
type Writer = (...words: bigint[]) => void;

/** Of a memory of WebAssembly. */
export const wasmPageBytes = 65_536;

export class GuestState {
	readonly #module: WebAssembly.Module;
	readonly #exports: WebAssembly.Exports;
	#layout: StateLayout | undefined;

	constructor(module: WebAssembly.Module, { exports }: WebAssembly.Instance) {
		this.#module = module;
		this.#exports = exports;
	}

	/** @throws StateError `not-capturable` */
	capture(): Captured {
		const { words, groups, tables } = this.#capturable();
		const globals = new BigUint64Array(words);
		let at = 0;
		for (let group = 0; group < groups; group++) {
			const read = (this.#exports[stateExports.reader(group)] as Reader)();
			const bits = typeof read === 'bigint' ? [read] : read;
			globals.set(bits, at);
			at += bits.length;
		}
		return { globals, tables: this.#captureTables(tables), memory: new Uint8Array(this.#memory) };
	}

	/** To be called on a fresh instance. @throws StateError `not-capturable`, `state-unfit` */
	restore({ globals, tables, memoryBytes, pages }: GuestImage): void {
		const layout = this.#capturable();
		if (globals.length !== layout.words)
			throw unfit(`${globals.length} words of globals where the module has ${layout.words}`);
		if (tables.length !== layout.tables)
			throw unfit(`${tables.length} tables where the module has ${layout.tables}`);
		this.#restoreMemory(memoryBytes, pages);
		this.#restoreTables(tables);
		for (let group = 0, at = 0; group < layout.groups; group++) {
			const write = this.#exports[stateExports.writer(group)] as Writer;
			write(...globals.subarray(at, at + write.length));
			at += write.length;
		}
	}

	#capturable(): StateLayout {
		this.#layout ??= stateLayoutOf(this.#module);
		const obstacle = obstacleIn(this.#layout);
		if (obstacle === undefined && this.#layout !== undefined) return this.#layout;
		throw new StateError('not-capturable', `the state of the module cannot be taken out: ${obstacle}`);
	}

	get #memory(): ArrayBuffer {
		const memory = this.#exports[stateExports.memory] as WebAssembly.Memory | undefined;
		return memory?.buffer ?? new ArrayBuffer(0);
	}

	#table(name: string): WebAssembly.Table {
		return this.#exports[name] as WebAssembly.Table;
	}

	#captureTables(count: number): Int32Array[] {
		if (count === 0) return [];
		const functions = this.#table(stateExports.functions);
		const numbers = new Map<unknown, number>([[null, -1]]);
		// A function is the same object wherever it is asked for.
		for (let number = 0; number < functions.length; number++) numbers.set(functions.get(number), number);
		return Array.from({ length: count }, (_, index) => {
			const table = this.#table(stateExports.table(index));
			return Int32Array.from({ length: table.length }, (_, entry) => numbers.get(table.get(entry)) ?? -1);
		});
	}

	#restoreTables(tables: readonly Int32Array[]): void {
		if (tables.length === 0) return;
		const functions = this.#table(stateExports.functions);
		for (const [index, entries] of tables.entries()) {
			const table = this.#table(stateExports.table(index));
			grow(table, entries.length - table.length, 'entries of a table');
			for (const [entry, number] of entries.entries()) {
				if (number < -1 || number >= functions.length) throw unfit(`a function of number ${number}`);
				table.set(entry, number === -1 ? null : functions.get(number));
			}
		}
	}

	#restoreMemory(bytes: number, pages: GuestImage['pages']): void {
		const fresh = this.#memory.byteLength;
		if (bytes % wasmPageBytes !== 0) throw unfit(`a memory of ${bytes} bytes`);
		const memory = this.#exports[stateExports.memory] as WebAssembly.Memory | undefined;
		if (memory !== undefined) grow(memory, (bytes - fresh) / wasmPageBytes, 'pages of memory');
		else if (bytes > 0) throw unfit('a memory that the module does not have');
		const target = new Uint8Array(this.#memory);
		for (const [page, content] of pages)
			if (content.length !== statePageBytes || (page + 1) * statePageBytes > target.length)
				throw unfit(`a page of number ${page} that its memory of ${bytes} bytes does not have`);
		for (const piece of piecesOf(pages)) target.set(piece.bytes, piece.page * statePageBytes);
		const zeros = Buffer.alloc(statePageBytes);
		// What instantiation wrote itself may have been zero again. Looking costs no memory, writing would.
		for (let at = 0; at < fresh; at += statePageBytes)
			if (!pages.has(at / statePageBytes) && zeros.compare(target, at, at + statePageBytes) !== 0)
				target.fill(0, at, at + statePageBytes);
	}
}

/** Why no state can be taken out of this module, in words; undefined where it can. */
export function obstacleOf(module: WebAssembly.Module): string | undefined {
	return obstacleIn(stateLayoutOf(module));
}

function obstacleIn(layout: StateLayout | undefined): string | undefined {
	if (layout === undefined) return 'it was not instrumented';
	return layout.obstacle && stateObstacles[layout.obstacle];
}

function grow(what: WebAssembly.Memory | WebAssembly.Table, by: number, units: string): void {
	try {
		if (by >= 0) {
			what.grow(by);
			return;
		}
	} catch (cause) {
		throw unfit(`${by} more ${units} than the module may have`, { cause });
	}
	throw unfit(`${-by} ${units} fewer than the module begins with`);
}

function unfit(what: string, options?: ErrorOptions): StateError {
	return new StateError('state-unfit', `the state does not fit the module: it has ${what}`, options);
}
