/** Finds the objects that a path names, in one state of the data model. */
import { UspError } from '../error.ts';
import type { Node } from './model.ts';
import type { Path, Segment } from './path.ts';
import type { Params, ParamValue, Row } from './provider.ts';
import { isMatch } from './search.ts';

/** An object that exists: a single one, a row, or a table as such. */
export interface Place {
	readonly node: Node;
	/** Instance numbers on the way here. */
	readonly at: readonly number[];
	/** With instance numbers, ending in a dot. */
	readonly path: string;
}

export class View {
	readonly #root: Node;
	readonly #rows = new Map<string, Promise<readonly Row[]>>();
	readonly #params = new Map<string, Promise<Params>>();

	constructor(root: Node) {
		this.#root = root;
	}

	/**
	 * Every object the path names, tables not yet opened into their rows.
	 *
	 * A search or `*` that finds nothing gives an empty list. Errors: `invalid-path` where the model
	 * has no such object, `object-does-not-exist` where it has but there is no such instance.
	 */
	async resolve(path: Path): Promise<Place[]> {
		let places: Place[] = [{ node: this.#root, at: [], path: '' }];
		// Followed beside the places, so that a wrong name is told apart from a search without result.
		let node: Node | undefined = this.#root;
		for (const segment of path.segments) {
			node = segment.kind === 'name' ? node.children.get(segment.name) : node.row;
			if (node === undefined) throw new UspError('invalid-path', `the box has no "${path.text}"`);
			const next: Place[][] = [];
			for (const place of places) next.push(await this.#step(place, segment, path));
			places = next.flat();
		}
		return places;
	}

	/** As `resolve`, with tables opened into their rows. */
	async resolveObjects(path: Path): Promise<Place[]> {
		const objects: Place[] = [];
		for (const place of await this.resolve(path)) {
			if (place.node.row === undefined) objects.push(place);
			else objects.push(...(await this.rowsOf(place)));
		}
		return objects;
	}

	/** Objects directly below: single ones, and the rows of tables. */
	async below(place: Place): Promise<Place[]> {
		const found: Place[] = [];
		for (const [name, node] of place.node.children) {
			const child = { node, at: place.at, path: `${place.path}${name}.` };
			if (node.row === undefined) found.push(child);
			else found.push(...(await this.rowsOf(child)));
		}
		return found;
	}

	/** The rows of a table. */
	async rowsOf(table: Place): Promise<Place[]> {
		const node = table.node.row;
		if (node === undefined) return [];
		const rows = await this.#readRows(node, table.at);
		return rows.map(({ number }) => rowPlace(table, node, number));
	}

	/** The parameters of one object, with the row counts of the tables in it. */
	params(place: Place): Promise<Params> {
		const known = this.#params.get(place.path);
		if (known !== undefined) return known;
		const params = this.#readParams(place);
		this.#params.set(place.path, params);
		return params;
	}

	async #step(place: Place, segment: Segment, path: Path): Promise<Place[]> {
		if (segment.kind === 'name') {
			const node = place.node.children.get(segment.name);
			return node === undefined ? [] : [{ node, at: place.at, path: `${place.path}${segment.name}.` }];
		}
		const node = place.node.row;
		if (node === undefined) return [];
		const rows = await this.#readRows(node, place.at);
		if (segment.kind === 'any') return rows.map(({ number }) => rowPlace(place, node, number));
		if (segment.kind === 'search')
			return rows
				.filter(({ params }) => isMatch(segment.conditions, params))
				.map(({ number }) => rowPlace(place, node, number));
		if (!rows.some(({ number }) => number === segment.number))
			throw new UspError(
				'object-does-not-exist',
				`"${path.text}": there is no ${place.path}${segment.number}.`,
			);
		return [rowPlace(place, node, segment.number)];
	}

	#readRows(node: Node, parents: readonly number[]): Promise<readonly Row[]> {
		const key = `${node.path} ${parents.join('.')}`;
		const known = this.#rows.get(key);
		if (known !== undefined) return known;
		const rows = (async () => (await node.provider?.rows?.(parents)) ?? [])();
		this.#rows.set(key, rows);
		return rows;
	}

	async #readParams(place: Place): Promise<Params> {
		const counts: Record<string, ParamValue> = {};
		for (const [name, node] of place.node.children) {
			if (node.row !== undefined)
				counts[`${name}NumberOfEntries`] = (await this.#readRows(node.row, place.at)).length;
		}
		if (!place.node.path.endsWith('{i}.'))
			return { ...(await place.node.provider?.read?.(place.at)), ...counts };
		const rows = await this.#readRows(place.node, place.at.slice(0, -1));
		return { ...rows.find(({ number }) => number === place.at.at(-1))?.params, ...counts };
	}
}

function rowPlace(table: Place, node: Node, number: number): Place {
	return { node, at: [...table.at, number], path: `${table.path}${number}.` };
}
