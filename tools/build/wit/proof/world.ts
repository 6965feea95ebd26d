/** Builds a world with a guest in AssemblyScript, and links it by our own code and by jco's. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transpileBytes } from '@bytecodealliance/jco-transpile';
import { GuestMemory, type GuestMemoryOptions } from '../../../../runtime/component/guest-memory.ts';
import { Compiler } from '../../compiler.ts';
import { generateGuest } from '../guest/generate.ts';
import { generateHost } from '../host/generate.ts';
import { pascalCase } from '../naming.ts';
import { parseWit } from '../parse.ts';

export interface WorldRequest {
	readonly wit: string;
	readonly world: string;
	/** AssemblyScript files of the guest; bindings are in `./wit/`. */
	readonly sources: ReadonlyMap<string, string>;
	/** Which of them has the functions of an exported interface, or of the world itself. */
	readonly implementation: (name: string) => string;
}

export interface BuiltWorld {
	readonly core: WebAssembly.Module;
	readonly component: Uint8Array;
}

export async function buildWorld({ wit, world, sources, implementation }: WorldRequest): Promise<BuiltWorld> {
	const { files, exportNames, importNames } = generateGuest({
		package: parseWit(wit),
		world,
		implementation,
	});
	using compiler = new Compiler();
	const { core, component } = await compiler.compile({
		compilation: {
			directory: '.',
			entries: ['wit/exports.ts', 'abort.ts'],
			sources: new Map([
				...sources,
				...[...files].map(([name, text]) => [`wit/${name}`, text] as const),
				abort,
			]),
			packages: [],
			exportNames,
			abort: 'abort/abort',
			maximumPages: 256,
		},
		wit,
		world,
		allowedImports: importNames,
		files: [],
	});
	return { core: new WebAssembly.Module(core), component };
}

const abort = [
	'abort.ts',
	'export function abort(a: string, b: string, c: u32, d: u32): void { unreachable(); }',
] as const;

export type AnyFunction = (...values: never[]) => unknown;

/** What the generated module of a world has, whatever the world. */
export interface DirectLinker {
	importsOf(host: object, memory: GuestMemory): WebAssembly.Imports;
	readonly [guest: `${string}Guest`]: new (
		instance: WebAssembly.Instance,
		memory: GuestMemory,
	) => Record<string, AnyFunction>;
}

export async function directLinker(wit: string, world: string): Promise<DirectLinker> {
	const supportFolder = resolve(import.meta.dirname, '../../../../runtime/component');
	return importText(generateHost({ package: parseWit(wit), world, supportFolder }), 'linker.ts');
}

/** Instantiates `module` with our own linker; its exports, by their names in camel case. */
export function linkDirectly(
	linker: DirectLinker,
	{ module, world, host, ...options }: DirectOptions,
): Record<string, AnyFunction> {
	const memory = new GuestMemory(options);
	const instance = new WebAssembly.Instance(module, linker.importsOf(host, memory));
	const Guest = linker[`${pascalCase(world)}Guest`];
	if (Guest === undefined) throw new Error(`the linker is of another world than ${world}`);
	const guest = new Guest(instance, memory);
	const names = Object.getOwnPropertyNames(Guest.prototype).filter((name) => name !== 'constructor');
	return Object.fromEntries(names.map((name) => [name, (...values) => guest[name]?.(...values)]));
}

export interface DirectOptions extends GuestMemoryOptions {
	readonly module: WebAssembly.Module;
	readonly world: string;
	readonly host: object;
}

/** Instantiates a component with the glue that jco makes for it. */
export async function linkByJco(component: Uint8Array, imports: object): Promise<Record<string, unknown>> {
	const { files } = await transpileBytes(component, {
		name: 'world',
		instantiation: 'sync',
		wasiShim: false,
	});
	const all = new Map(Object.entries(files as Record<string, Uint8Array<ArrayBuffer>>));
	const { instantiate } = await importText<JcoModule>(
		Buffer.from(all.get('world.js') ?? []).toString(),
		'world.js',
	);
	return instantiate((path) => new WebAssembly.Module(all.get(path) ?? new Uint8Array()), imports);
}

interface JcoModule {
	instantiate(core: (path: string) => WebAssembly.Module, imports: object): Record<string, unknown>;
}

async function importText<Module>(text: string, name: string): Promise<Module> {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-world-'));
	try {
		await writeFile(join(folder, name), text);
		await writeFile(join(folder, 'package.json'), '{"type":"module"}');
		return (await import(pathToFileURL(join(folder, name)).href)) as Module;
	} finally {
		await rm(folder, { recursive: true });
	}
}
