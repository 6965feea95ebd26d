/** Holds the functions that a core module imports and exports against the types that its world gives them. */
import { Bytes, sectionsOf } from './bytes.ts';
import { ComponentError } from './error.ts';

/** Core types as `parameters -> results`. */
export interface CoreSignatures {
	/** By module and name. */
	readonly imports: ReadonlyMap<string, ReadonlyMap<string, string>>;
	/** By name; those that begin with `cabi_` may be missing. */
	readonly exports: ReadonlyMap<string, string>;
}

const section = { type: 1, import: 2, function: 3, export: 7 } as const;
const functionKind = 0;
const valueTypes: ReadonlyMap<number, string> = new Map([
	[0x7f, 'i32'],
	[0x7e, 'i64'],
	[0x7d, 'f32'],
	[0x7c, 'f64'],
]);

/** What every world exports beside its functions: where the host puts what it passes. */
const allocate = ['cabi_realloc', 'i32 i32 i32 i32 -> i32'] as const;
/** C++ and Rust: constructors, which run before anything else. */
const initialize = ['_initialize', '->'] as const;

/**
 * The engine would convert what has the wrong type, or fail at the first call.
 *
 * @param core a valid module that imports nothing but functions
 * @throws ComponentError `import-unknown`, `world-unknown`
 */
export function checkSignatures(core: Uint8Array, { imports, exports }: CoreSignatures): void {
	const sections = new Map([...sectionsOf(core)].map(({ id, body }) => [id, body]));
	const vector = (id: number): Bytes => new Bytes(sections.get(id) ?? new Uint8Array(1));
	const types = readTypes(vector(section.type));
	const functions: string[] = [];
	for (const { from, name, type } of readImports(vector(section.import))) {
		const signature = types[type] ?? '';
		const expected = imports.get(from)?.get(name);
		if (signature !== expected)
			throw new ComponentError(
				'import-unknown',
				`the module imports "${name}" of "${from}" as (${signature}); this box has ${expected === undefined ? 'no such function' : `it as (${expected})`}`,
			);
		functions.push(signature);
	}
	const own = vector(section.function);
	for (let left = own.u32(); left > 0; left--) functions.push(types[own.u32()] ?? '');
	checkExports(readExports(vector(section.export)), { functions, exports });
}

function checkExports(
	exported: ReadonlyMap<string, number>,
	{ functions, exports }: { functions: readonly string[]; exports: CoreSignatures['exports'] },
): void {
	for (const [name, expected] of [...exports, allocate, initialize]) {
		const index = exported.get(name);
		if (index === undefined) {
			if (name.startsWith('cabi_post_') || name === initialize[0]) continue;
			throw new ComponentError('world-unknown', `the module does not export the function "${name}"`);
		}
		if (functions[index] !== expected)
			throw new ComponentError(
				'world-unknown',
				`the module exports "${name}" as (${functions[index]}) instead of (${expected})`,
			);
	}
}

function readTypes(bytes: Bytes): string[] {
	const types: string[] = [];
	for (let left = bytes.u32(); left > 0; left--) {
		bytes.byte();
		const parameters = [...bytes.take(bytes.u32())];
		const results = [...bytes.take(bytes.u32())];
		const named = (all: readonly number[]): string =>
			all.map((type) => valueTypes.get(type) ?? 'other').join(' ');
		types.push(`${named(parameters)} -> ${named(results)}`.trim());
	}
	return types;
}

function* readImports(bytes: Bytes): Generator<{ from: string; name: string; type: number }> {
	for (let left = bytes.u32(); left > 0; left--) {
		const from = bytes.text();
		const name = bytes.text();
		bytes.byte();
		yield { from, name, type: bytes.u32() };
	}
}

/** Functions by name. */
function readExports(bytes: Bytes): Map<string, number> {
	const exports = new Map<string, number>();
	for (let left = bytes.u32(); left > 0; left--) {
		const name = bytes.text();
		const kind = bytes.byte();
		const index = bytes.u32();
		if (kind === functionKind) exports.set(name, index);
	}
	return exports;
}
