/** The box's data model: the tree that the providers of its objects make together. */
import type { ObjectProvider } from './provider.ts';
import { View } from './view.ts';

export interface Node {
	/** Path with `{i}` for instance numbers, ending in a dot; the root's is empty. */
	readonly path: string;
	readonly children: Map<string, Node>;
	/** The rows, where this is a table: `Device.X.` has the node `Device.X.{i}.` here. */
	row: Node | undefined;
	provider: ObjectProvider | undefined;
}

export class DataModel {
	readonly #root: Node = { path: '', children: new Map(), row: undefined, provider: undefined };
	readonly #providers: ObjectProvider[] = [];

	constructor(providers: readonly ObjectProvider[] = []) {
		for (const provider of providers) this.add(provider);
	}

	/** Two providers of one path, or a path that is not `Device.` ... `.`, are our own mistake: `Error`. */
	add(provider: ObjectProvider): void {
		const names = provider.path.split('.');
		if (names[0] !== 'Device' || names.pop() !== '') throw new Error(`not an object path: ${provider.path}`);
		const node = names.reduce(
			(parent, name) => (name === '{i}' ? rowOf(parent) : childOf(parent, name)),
			this.#root,
		);
		if (node.provider !== undefined) throw new Error(`two providers of ${provider.path}`);
		const isTable = provider.path.endsWith('{i}.');
		if (isTable ? provider.rows === undefined : provider.read === undefined)
			throw new Error(`provider of ${provider.path} lacks ${isTable ? 'rows' : 'read'}()`);
		node.provider = provider;
		this.#providers.push(provider);
	}

	get providers(): readonly ObjectProvider[] {
		return this.#providers;
	}

	/** The model as it is now: within a view every object is asked once, so one answer agrees with itself. */
	view(): View {
		return new View(this.#root);
	}

	/** The object of a path whose instance numbers are all `{i}`, or undefined where the model has none. */
	node(names: readonly string[]): Node | undefined {
		let node: Node | undefined = this.#root;
		for (const name of names) node = name === '{i}' ? node?.row : node?.children.get(name);
		return node;
	}
}

function childOf(parent: Node, name: string): Node {
	const known = parent.children.get(name);
	if (known !== undefined) return known;
	const child = { path: `${parent.path}${name}.`, children: new Map(), row: undefined, provider: undefined };
	parent.children.set(name, child);
	return child;
}

function rowOf(parent: Node): Node {
	parent.row ??= { path: `${parent.path}{i}.`, children: new Map(), row: undefined, provider: undefined };
	return parent.row;
}
