/** WIT -> AssemblyScript: what a guest in AssemblyScript needs to be a component of a world. */
import { funcLayout, layoutOf, recordLayout } from '../layout.ts';
import type { Definition, Func, Interface, Package, Type, World, WorldItem } from '../model.ts';
import { Declared, identifier } from '../naming.ts';
import { Source } from '../source.ts';
import { WitError } from '../wit-error.ts';
import { liftAll, lowerFlat, type Slot } from './flat.ts';
import { load, store, writeAccessors } from './memory.ts';
import { supportSource } from './support.ts';
import { caseClass, className, closure, tagEnum, typeName, writeClasses } from './types.ts';

export interface GuestBindings {
	/** File name -> text. */
	readonly files: ReadonlyMap<string, string>;
	/** Name that AssemblyScript can export -> name that the canonical ABI wants. All are in `exports.ts`. */
	readonly exportNames: ReadonlyMap<string, string>;
	/** Core imports that the world allows, as `module#name`. */
	readonly importNames: ReadonlySet<string>;
}

/** Global name of the collector's byte counter, to be passed to asc with `--use`. */
export const managedBytes = { name: '__managedBytes', element: '~lib/rt/tcms/total' } as const;

export interface GuestOptions {
	readonly package: Package;
	readonly world: string;
	/** Module with the functions that the guest exports, by interface name or by world name for functions of their own. */
	readonly implementation?: (name: string) => string;
}

/**
 * Strings are UTF-16. The code relies on `--runtime minimal`: objects live until the host has read
 * the result, so what leaves the guest is borrowed and what enters it becomes an object in place.
 *
 * @throws WitError `wit-unknown-name` for a world that is not there, `wit-duplicate-name`
 */
export function generateGuest(options: GuestOptions): GuestBindings {
	const { implementation = (name: string) => `../${name}` } = options;
	const world = options.package.worlds.find((each) => each.name === options.world);
	if (world === undefined) throw new WitError('wit-unknown-name', `no world ${options.world} in the package`);
	const files = new Map<string, string>();
	const importNames = new Set<string>();
	const imported = new Set(interfacesOf(world.imports));
	for (const each of options.package.interfaces) {
		const funcs = imported.has(each) ? each.funcs : [];
		for (const func of funcs) importNames.add(`${each.id}#${func.name}`);
		if (each.definitions.length + funcs.length === 0) continue;
		files.set(`${each.name}.ts`, interfaceSource(each, { funcs, module: each.id }));
	}
	const funcs = world.imports.flatMap((item) => (item.kind === 'func' ? [item.func] : []));
	for (const func of funcs) importNames.add(`$root#${func.name}`);
	if (world.definitions.length + funcs.length > 0) {
		if (files.has(`${world.name}.ts`))
			throw new WitError('wit-duplicate-name', `${world.name} is also an interface`);
		files.set(`${world.name}.ts`, interfaceSource(world, { funcs, module: '$root' }));
	}
	const { text, exportNames } = exportsSource(world, implementation);
	files.set('exports.ts', text);
	files.set('abi.ts', supportSource(tupleSizes(options.package)));
	return { files, exportNames, importNames };
}

function interfacesOf(items: readonly WorldItem[]): Interface[] {
	return items.flatMap((item) => (item.kind === 'interface' ? [item.interface] : []));
}

const abiNames = 'Nothing, Option, Result, ok, err, __string, __array, __allocate, __settle, __reallocate';

interface Owner {
	readonly name: string;
	readonly docs: string;
	readonly definitions: readonly Definition[];
}

function interfaceSource(
	owner: Owner,
	{ funcs, module }: { funcs: readonly Func[]; module: string },
): string {
	const out = new Source();
	const declared = new Declared();
	out.line('// Generated from WIT; do not edit.');
	const own = owner.definitions.map((definition): Type => ({ kind: 'named', definition }));
	writeImports(out, [...own, ...funcs.flatMap(signatureTypes)], owner.name);
	writeClasses(out, owner, declared);
	writeAccessors(out, owner.definitions);
	funcs.forEach((func, index) => {
		declared.add(identifier(func.name), func.name);
		writeImport(out, func, { module, local: `__import${index}` });
	});
	return out.toString();
}

function signatureTypes({ params, result }: Func): Type[] {
	return [...params.map((param) => param.type), ...(result === undefined ? [] : [result])];
}

function writeImports(out: Source, types: readonly Type[], self: string): void {
	const all = closure(types);
	out.line(
		`import { ${[abiNames, ...tuplesIn(all).map((size) => `Tuple${size}`)].join(', ')} } from "./abi";`,
	);
	const byFile = new Map<string, string[]>();
	for (const type of all) {
		if (type.kind !== 'named' || type.definition.owner === self) continue;
		const { definition } = type;
		const name = className(definition);
		const names = [name];
		if (definition.body.kind === 'record') names.push(`__load${name}`, `__store${name}`);
		if (definition.body.kind === 'variant') {
			names.push(`__load${name}`, `__store${name}`, tagEnum(definition));
			names.push(...definition.body.cases.map((each) => caseClass(definition, each.name)));
		}
		byFile.set(definition.owner, [...(byFile.get(definition.owner) ?? []), ...names]);
	}
	for (const [file, names] of byFile) out.line(`import { ${names.join(', ')} } from "./${file}";`);
}

function writeImport(out: Source, func: Func, { module, local }: { module: string; local: string }): void {
	const layout = funcLayout(func);
	const types = [...layout.params, ...(layout.isResultSpilled ? ['i32'] : [])];
	out.line('');
	out.line('// @ts-ignore: decorator');
	out.line(`@external("${module}", "${func.name}")`);
	const parameters = types.map((type, index) => `__p${index}: ${type}`).join(', ');
	out.line(`declare function ${local}(${parameters}): ${layout.result ?? 'void'};`);
	out.line('');
	out.docs(func.docs);
	const params = func.params.map((param) => ({ ...param, name: identifier(param.name) }));
	const signature = params.map((param) => `${param.name}: ${typeName(param.type)}`).join(', ');
	const returns = func.result === undefined ? 'void' : typeName(func.result);
	out.block(`export function ${identifier(func.name)}(${signature}): ${returns}`, () => {
		const args: string[] = [];
		if (layout.areParamsSpilled) {
			const { size, offsets } = recordLayout(params.map((param) => param.type));
			out.line(`const __args = __allocate(${size});`);
			params.forEach((param, index) => {
				store(out, param.type, {
					at: { base: '__args', offset: offsets[index] as number },
					value: param.name,
				});
			});
			args.push('<i32>__args');
		} else {
			for (const param of params) {
				const slots = newSlots(out, layoutOf(param.type).flat);
				lowerFlat(out, param.type, { value: param.name, slots });
				args.push(...slots.map((slot) => slot.name));
			}
		}
		if (func.result === undefined) return out.line(`${local}(${args.join(', ')});`);
		if (layout.isResultSpilled) {
			const { size, align } = layoutOf(func.result);
			out.line(`const __area: usize = memory.data(${size}, ${align});`);
			out.line(`${local}(${[...args, '<i32>__area'].join(', ')});`);
			return out.line(`return ${load(out, func.result, { base: '__area', offset: 0 })};`);
		}
		out.line(`const __r = ${local}(${args.join(', ')});`);
		const slot = { name: '__r', type: layout.result as Slot['type'] };
		out.line(`return ${liftAll(out, [func.result], [slot]).join('')};`);
	});
}

function newSlots(out: Source, types: readonly Slot['type'][]): Slot[] {
	return types.map((type) => {
		const name = out.local();
		out.line(`let ${name}: ${type} = 0;`);
		return { name, type };
	});
}

function exportsSource(world: World, implementation: (name: string) => string) {
	const out = new Source();
	const exportNames = new Map<string, string>();
	const interfaces = interfacesOf(world.exports);
	const own = world.exports.flatMap((item) => (item.kind === 'func' ? [item.func] : []));
	out.line('// Generated from WIT; do not edit.');
	const all = [...interfaces.flatMap((each) => each.funcs), ...own];
	writeImports(out, all.flatMap(signatureTypes), 'exports');
	interfaces.forEach((each, index) => {
		out.line(`import * as __guest${index} from "${implementation(each.name)}";`);
	});
	if (own.length > 0) out.line(`import * as __guest from "${implementation(world.name)}";`);
	const write = (func: Func, { from, name }: { from: string; name: string }) => {
		const local = `__export${exportNames.size}`;
		const { hasPost } = writeExport(out, func, { from, local });
		exportNames.set(local, name);
		if (hasPost) exportNames.set(`${local}Done`, `cabi_post_${name}`);
	};
	interfaces.forEach((each, index) => {
		for (const func of each.funcs) write(func, { from: `__guest${index}`, name: `${each.id}#${func.name}` });
	});
	for (const func of own) write(func, { from: '__guest', name: func.name });
	out.line('');
	out.line('export { __reallocate };');
	exportNames.set('__reallocate', 'cabi_realloc');
	return { text: out.toString(), exportNames };
}

function writeExport(
	out: Source,
	func: Func,
	{ from, local }: { from: string; local: string },
): { hasPost: boolean } {
	const layout = funcLayout(func);
	const parameters = layout.params.map((type, index) => `__p${index}: ${type}`).join(', ');
	const returns = layout.isResultSpilled ? 'usize' : (layout.result ?? 'void');
	out.line('');
	out.block(`export function ${local}(${parameters}): ${returns}`, () => {
		const slots = layout.params.map((type, index) => ({ name: `__p${index}`, type }));
		const types = func.params.map((param) => param.type);
		let values: string[];
		if (layout.areParamsSpilled) {
			const { offsets } = recordLayout(types);
			values = types.map((type, index) =>
				load(out, type, { base: '__p0', offset: offsets[index] as number }),
			);
		} else values = liftAll(out, types, slots);
		const call = `${from}.${identifier(func.name)}(${values.join(', ')})`;
		if (func.result === undefined) return out.line(`${call};`);
		out.line(`const __r = ${call};`);
		if (layout.isResultSpilled) {
			const { size, align } = layoutOf(func.result);
			out.line(`const __area: usize = memory.data(${size}, ${align});`);
			store(out, func.result, { at: { base: '__area', offset: 0 }, value: '__r' });
			return out.line('return __area;');
		}
		const results = newSlots(out, [layout.result as Slot['type']]);
		lowerFlat(out, func.result, { value: '__r', slots: results });
		out.line(`return ${results[0]?.name};`);
	});
	if (layout.isResultSpilled) {
		out.block(`export function ${local}Done(__p: usize): void`, () => out.line('__settle();'));
	}
	return { hasPost: layout.isResultSpilled };
}

function tupleSizes({ interfaces, worlds }: Package): number[] {
	const definitions = [...interfaces, ...worlds].flatMap((owner) => owner.definitions);
	const funcs = [
		...interfaces.flatMap((each) => each.funcs),
		...worlds
			.flatMap((world) => [...world.imports, ...world.exports])
			.flatMap((item) => (item.kind === 'func' ? [item.func] : [])),
	];
	const named = definitions.map((definition): Type => ({ kind: 'named', definition }));
	return tuplesIn(closure([...named, ...funcs.flatMap(signatureTypes)]));
}

function tuplesIn(types: readonly Type[]): number[] {
	const sizes = types.flatMap((type) => (type.kind === 'tuple' ? [type.items.length] : []));
	return [...new Set(sizes)].sort((a, b) => a - b);
}
