// The collector of services takes nothing that is alive, whatever happens between its slices, and leaves no garbage.
import test from 'ava';
import fc from 'fast-check';
import { compile } from './compile.ts';

const slots = 6;
const depth = 4;
const mostInList = 3;

const source = `
class Node {
	left: Node | null = null;
	list: Array<Node> = [];
	named: Map<string, Node> = new Map();
	constructor(readonly id: i32, readonly text: string) {}
}
const roots = new Array<Node | null>(${slots});
let solo: Node | null = null;
export function create(a: i32, b: i32): void { roots[a] = new Node(b, "node " + b.toString()); }
export function drop(a: i32, b: i32): void { roots[a] = null; }
export function link(a: i32, b: i32): void { const node = roots[a]; if (node !== null) node.left = roots[b]; }
export function pull(a: i32, b: i32): void { const node = roots[b]; if (node !== null) roots[a] = node.left; }
export function cut(a: i32, b: i32): void {
	const node = roots[a];
	if (node !== null) { const left = node.left; node.left = null; roots[b] = left; }
}
export function push(a: i32, b: i32): void {
	const node = roots[a], other = roots[b];
	if (node === null || other === null) return;
	if (node.list.length == ${mostInList}) node.list.shift();
	node.list.push(other);
}
export function take(a: i32, b: i32): void { const node = roots[b]; if (node !== null && node.list.length > 0) roots[a] = node.list.pop(); }
export function put(a: i32, b: i32): void {
	const node = roots[a], other = roots[b];
	if (node !== null && other !== null) node.named.set("key " + (b & 1).toString(), other);
}
export function save(a: i32, b: i32): void { solo = roots[a]; roots[a] = null; }
export function load(a: i32, b: i32): void { roots[a] = solo; solo = null; }
export function litter(a: i32, b: i32): void { for (let i = 0; i < b; i++) "litter ".repeat(i & 7); }
export function spill(a: i32, b: i32): void { new Uint8Array(a); for (let i = 0; i < b; i++) new Node(i, i.toString()); }
function sum(node: Node | null, left: i32): i32 {
	if (node === null || left == 0) return 7;
	assert(node.text == "node " + node.id.toString());
	let all = node.id + 31 * sum(node.left, left - 1);
	for (let i = 0; i < node.list.length; i++) all = all * 17 + sum(node.list[i], left - 1);
	for (let i = 0; i < 2; i++) {
		const key = "key " + i.toString();
		if (node.named.has(key)) all = all * 13 + sum(node.named.get(key), left - 1);
	}
	return all;
}
export function state(): i32 {
	let all = sum(solo, ${depth});
	for (let i = 0; i < ${slots}; i++) all = all * 37 + sum(roots[i], ${depth});
	return all;
}
export function some(work: i32): void { __collectSome(work); }
export function settle(): void { __settleGarbage(); }
export function whole(): void { __collect(); }
`;

interface Node {
	readonly id: number;
	left?: Node | undefined;
	readonly list: Node[];
	readonly named: Map<number, Node>;
}

/** The same in a language whose collector is known to work. */
class Model {
	readonly roots: (Node | undefined)[] = new Array(slots).fill(undefined);
	solo: Node | undefined;

	do(what: string, a: number, b: number): void {
		const { roots } = this;
		const [node, other] = [roots[a], roots[b]];
		if (what === 'create') roots[a] = { id: b, list: [], named: new Map() };
		else if (what === 'drop') roots[a] = undefined;
		else if (what === 'link' && node) node.left = other;
		else if (what === 'pull' && other) roots[a] = other.left;
		else if (what === 'cut' && node) {
			roots[b] = node.left;
			node.left = undefined;
		} else if (what === 'push' && node && other) {
			if (node.list.length === mostInList) node.list.shift();
			node.list.push(other);
		} else if (what === 'take' && other && other.list.length > 0) roots[a] = other.list.pop();
		else if (what === 'put' && node && other) node.named.set(b & 1, other);
		else if (what === 'save') [this.solo, roots[a]] = [node, undefined];
		else if (what === 'load') [roots[a], this.solo] = [this.solo, undefined];
	}

	get state(): number {
		return this.roots.reduce(
			(all, node) => (Math.imul(all, 37) + sum(node, depth)) | 0,
			sum(this.solo, depth),
		);
	}
}

function sum(node: Node | undefined, left: number): number {
	if (node === undefined || left === 0) return 7;
	let all = node.id + Math.imul(31, sum(node.left, left - 1));
	for (const each of node.list) all = Math.imul(all, 17) + sum(each, left - 1);
	for (const key of [0, 1]) {
		const each = node.named.get(key);
		if (each !== undefined) all = Math.imul(all, 13) + sum(each, left - 1);
	}
	return all | 0;
}

const { core } = await compile({
	directory: import.meta.dirname,
	entries: ['graph.ts'],
	sources: new Map([['graph.ts', source]]),
	packages: [],
	exportNames: new Map(),
	maximumPages: 64,
});
const module = new WebAssembly.Module(core);

interface Started {
	call(name: string, ...values: number[]): number;
	pages(): number;
}

function start(): Started {
	const abort = (): never => {
		throw new Error('the guest aborted');
	};
	const { exports } = new WebAssembly.Instance(module, { env: { abort } });
	return {
		call: (name, ...values) => (exports[name] as (...values: number[]) => number)(...values),
		pages: () => (exports['memory'] as WebAssembly.Memory).buffer.byteLength / 65_536,
	};
}

const slot = fc.nat(slots - 1);
const step = fc.tuple(
	fc.constantFrom(
		'create',
		'create',
		'link',
		'link',
		'pull',
		'cut',
		'push',
		'take',
		'put',
		'drop',
		'save',
		'load',
	),
	slot,
	slot,
);
const turn = fc.record({
	steps: fc.array(step, { maxLength: 6 }),
	litter: fc.nat(8),
	work: fc.integer({ min: 1, max: 12 }),
});

test('what can be reached stays as it is, and nothing else is seen, whatever is done between slices', (t) => {
	fc.assert(
		fc.property(fc.array(turn, { maxLength: 60 }), (turns) => {
			const guest = start();
			const model = new Model();
			for (const { steps, litter, work } of turns) {
				for (const [what, a, b] of steps) {
					guest.call(what, a, b);
					model.do(what, a, b);
				}
				guest.call('litter', 0, litter);
				guest.call('some', work);
				if (guest.call('state') !== model.state) return false;
			}
			guest.call('whole');
			return guest.call('state') === model.state;
		}),
		{ numRuns: 300 },
	);
	t.pass();
});

test('garbage does not pile up, whether it is much at once or a little in every turn', (t) => {
	const guest = start();
	for (let id = 0; id < slots; id++) guest.call('create', id, id);
	for (let turns = 2000; turns > 0; turns--) {
		guest.call('spill', 20_000, 50);
		guest.call('settle');
	}
	t.true(guest.pages() <= 4, `${guest.pages()} pages`);
	for (let turns = 50; turns > 0; turns--) {
		guest.call('spill', 400_000, 2000);
		guest.call('settle');
	}
	t.true(guest.pages() <= 40, `${guest.pages()} pages`);
});
