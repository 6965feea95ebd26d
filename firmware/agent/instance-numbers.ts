/**
 * Gives rows their instance numbers, kept across restarts and never used again (R-ARC.8).
 *
 * A number is on disk before anybody is told of it.
 */
import type { Directory } from '../../runtime/directory.ts';
import { readJson, writeJson } from './stored-json.ts';
import { Turns } from './turns.ts';

interface Table {
	next: number;
	readonly numbers: Map<string, number>;
}

const file = 'instances.json';

export class InstanceNumbers {
	readonly #directory: Directory;
	#tables: Map<string, Table> | undefined;
	readonly #turns = new Turns();

	constructor({ directory }: { directory: Directory }) {
		this.#directory = directory;
	}

	/** The numbers of the rows a table has now, by key. Rows that are gone lose theirs for good. */
	assign(table: string, keys: readonly string[]): Promise<ReadonlyMap<string, number>> {
		return this.#turns.run(async () => {
			const tables = await this.#all();
			const { numbers, next } = tables.get(table) ?? { numbers: new Map<string, number>(), next: 1 };
			const isSame = keys.length === numbers.size && keys.every((key) => numbers.has(key));
			if (isSame) return numbers;
			const assigned = new Map<string, number>();
			let free = next;
			for (const key of keys) assigned.set(key, numbers.get(key) ?? free++);
			await this.#keep(tables, table, { next: free, numbers: assigned });
			return assigned;
		});
	}

	/** A number for one new row of a table whose rows are kept elsewhere. */
	take(table: string): Promise<number> {
		return this.#turns.run(async () => {
			const tables = await this.#all();
			const { next, numbers } = tables.get(table) ?? { next: 1, numbers: new Map<string, number>() };
			await this.#keep(tables, table, { next: next + 1, numbers });
			return next;
		});
	}

	// What is in memory is replaced only once it is on disk: a full disk leaves both as they were.
	async #keep(tables: Map<string, Table>, name: string, table: Table): Promise<void> {
		const changed = new Map([...tables, [name, table]]);
		const stored = [...changed].map(([key, { next, numbers }]) => [key, { next, numbers: [...numbers] }]);
		await writeJson(this.#directory, file, stored);
		this.#tables = changed;
	}

	async #all(): Promise<Map<string, Table>> {
		this.#tables ??= await this.#read();
		return this.#tables;
	}

	async #read(): Promise<Map<string, Table>> {
		const stored = await readJson<[string, { next: number; numbers: [string, number][] }][]>(
			this.#directory,
			file,
		);
		return new Map(
			(stored ?? []).map(([key, { next, numbers }]) => [key, { next, numbers: new Map(numbers) }]),
		);
	}
}
