/** WIT -> TypeScript: the direct linker of a world, specialised code from the core module to values and back. */
import { type CoreType, funcLayout, layoutOf, recordLayout } from '../layout.ts';
import type { Definition, Func, Interface, Package, World, WorldItem } from '../model.ts';
import { camelCase, Declared, identifier, pascalCase } from '../naming.ts';
import { Source } from '../source.ts';
import { WitError } from '../wit-error.ts';
import { liftAll, lowerFlat, type Slot } from './flat.ts';
import { load, store, writeAccessors } from './memory.ts';
import { typeName, writeTypes } from './types.ts';

export interface HostOptions {
	readonly package: Package;
	readonly world: string;
	/** Folder of `guest-memory.ts` and `bits.ts`, as the generated file imports it. */
	readonly supportFolder: string;
}

/**
 * Text of a module with the types of the world, `importsOf`, and a class `<World>Guest` with a
 * method for every function that the guest exports.
 *
 * @throws WitError `wit-unknown-name` for a world that is not there, `wit-duplicate-name`
 */
export function generateHost(options: HostOptions): string {
	const world = options.package.worlds.find((each) => each.name === options.world);
	if (world === undefined) throw new WitError('wit-unknown-name', `no world ${options.world} in the package`);
	const out = new Source();
	const definitions: Definition[] = [
		...options.package.interfaces.flatMap((each) => each.definitions),
		...world.definitions,
	];
	writeHead(out, options);
	const declared = new Declared();
	for (const name of [`${pascalCase(world.name)}Host`, `${pascalCase(world.name)}Guest`])
		declared.add(name, world.name);
	writeTypes(out, definitions, declared);
	writeHostInterface(out, world);
	writeImportsOf(out, world);
	writeGuestClass(out, world);
	writeAccessors(out, definitions);
	return out.toString();
}

function writeHead(out: Source, { package: source, world, supportFolder }: HostOptions): void {
	out.line(
		`/** Direct linker for the world \`${world}\` of \`${source.name}\`, generated from its WIT; do not edit. */`,
	);
	out.line(
		`import { f32FromBits as __f32FromBits, f32ToBits as __f32ToBits } from '${supportFolder}/bits.ts';`,
	);
	out.line(
		`import { f64FromBits as __f64FromBits, f64ToBits as __f64ToBits } from '${supportFolder}/bits.ts';`,
	);
	out.line('import {');
	out.line('\tbadTag as __badTag,');
	out.line('\texportedFunction as __exportedFunction,');
	out.line('\ttype GuestMemory,');
	out.line('\tunknownCase as __unknownCase,');
	out.line(`} from '${supportFolder}/guest-memory.ts';`);
	out.line('');
	out.line(
		"export type Result<T, E> = { readonly tag: 'ok'; readonly val: T } | { readonly tag: 'err'; readonly val: E };",
	);
	out.line('');
	out.line('/** An option of an option; a plain one is the value or undefined. */');
	out.line("export type Option<T> = { readonly tag: 'none' } | { readonly tag: 'some'; readonly val: T };");
}

function interfacesOf(items: readonly WorldItem[]): Interface[] {
	return items.flatMap((item) => (item.kind === 'interface' ? [item.interface] : []));
}

function funcsOf(items: readonly WorldItem[]): Func[] {
	return items.flatMap((item) => (item.kind === 'func' ? [item.func] : []));
}

function signature(func: Func): string {
	const params = func.params.map((param) => `${identifier(param.name)}: ${typeName(param.type)}`).join(', ');
	return `${camelCase(func.name)}(${params}): ${func.result === undefined ? 'void' : typeName(func.result)}`;
}

function writeHostInterface(out: Source, world: World): void {
	out.line('');
	out.line(
		'/** What the guest may import. What is left out cannot be linked: a guest that imports it does not start. */',
	);
	out.block(`export interface ${pascalCase(world.name)}Host`, () => {
		for (const each of interfacesOf(world.imports)) {
			if (each.funcs.length === 0) continue;
			out.block(
				`readonly ${camelCase(each.name)}?:`,
				() => {
					for (const func of each.funcs) {
						out.docs(func.docs);
						out.line(`${signature(func)};`);
					}
				},
				'};',
			);
		}
		for (const func of funcsOf(world.imports)) {
			out.docs(func.docs);
			out.line(`${signature(func).replace('(', '?(')};`);
		}
	});
}

function writeImportsOf(out: Source, world: World): void {
	out.line('');
	out.line(
		'/** Imports for the core module. `memory` is attached when the instance is there, by the class below. */',
	);
	out.block(
		`export function importsOf(host: ${pascalCase(world.name)}Host, __m: GuestMemory): WebAssembly.Imports`,
		() => {
			out.line('const __imports: Record<string, Record<string, WebAssembly.ImportValue>> = {};');
			for (const each of interfacesOf(world.imports)) {
				if (each.funcs.length === 0) continue;
				const local = out.local();
				out.line(`const ${local} = host.${camelCase(each.name)};`);
				out.block(`if (${local} !== undefined)`, () => {
					out.block(
						`__imports['${each.id}'] =`,
						() => {
							for (const func of each.funcs) writeImport(out, func, `${local}.${camelCase(func.name)}`);
						},
						'};',
					);
				});
			}
			const own = funcsOf(world.imports);
			if (own.length > 0) {
				out.line('const __root: Record<string, WebAssembly.ImportValue> = {};');
				out.line("__imports['$root'] = __root;");
			}
			for (const func of own) {
				out.block(`if (host.${camelCase(func.name)} !== undefined)`, () => {
					out.block(
						'Object.assign(__root,',
						() => writeImport(out, func, `host.${camelCase(func.name)}!`),
						'});',
					);
				});
			}
			out.line('return __imports;');
		},
	);
}

function parameters(types: readonly CoreType[]): Slot[] {
	return types.map((type, index) => ({ name: `__p${index}`, type }));
}

function declaration(slots: readonly Slot[]): string {
	return slots.map(({ name, type }) => `${name}: ${coreName(type)}`).join(', ');
}

function coreName(type: CoreType | undefined): string {
	if (type === undefined) return 'void';
	return type === 'i64' ? 'bigint' : 'number';
}

/** One property of an import object: lifts the parameters, calls the host, lowers its result. */
function writeImport(out: Source, func: Func, target: string): void {
	const layout = funcLayout(func);
	const slots = parameters(layout.params);
	const area: Slot = { name: '__area', type: 'i32' };
	const all = layout.isResultSpilled ? [...slots, area] : slots;
	out.block(
		`'${func.name}': (${declaration(all)}): ${coreName(layout.result)} =>`,
		() => {
			out.line('__m.enter();');
			const types = func.params.map((param) => param.type);
			let values: string[];
			if (layout.areParamsSpilled) {
				const { size, align, offsets } = recordLayout(types);
				out.line(`const __args = __m.region(__p0, ${size}, ${align});`);
				values = types.map((type, index) =>
					load(out, type, { base: '__args', offset: offsets[index] as number }),
				);
			} else values = liftAll(out, types, slots);
			const call = `${target}(${values.join(', ')})`;
			if (func.result === undefined) return out.line(`${call};`);
			out.line(`const __r = ${call};`);
			if (layout.isResultSpilled) {
				const { size, align } = layoutOf(func.result);
				out.line(`const __to = __m.region(__area, ${size}, ${align});`);
				return store(out, func.result, { at: { base: '__to', offset: 0 }, value: '__r' });
			}
			const [slot] = newSlots(out, [layout.result as CoreType]) as [Slot];
			lowerFlat(out, func.result, { value: '__r', slots: [slot] });
			out.line(`return ${slot.name};`);
		},
		'},',
	);
}

function newSlots(out: Source, types: readonly CoreType[]): Slot[] {
	return types.map((type) => {
		const name = out.local();
		out.line(`let ${name} = ${type === 'i64' ? '0n' : '0'};`);
		return { name, type };
	});
}

function writeGuestClass(out: Source, world: World): void {
	const funcs = [
		...interfacesOf(world.exports).flatMap((each) =>
			each.funcs.map((func) => ({ func, name: `${each.id}#${func.name}` })),
		),
		...funcsOf(world.exports).map((func) => ({ func, name: func.name })),
	];
	const declared = new Declared();
	for (const { func, name } of funcs) declared.add(camelCase(func.name), name);
	out.line('');
	out.line('/** What the guest exports. After a call has thrown, the instance must not be called again. */');
	out.block(`export class ${pascalCase(world.name)}Guest`, () => {
		out.line('readonly #memory: GuestMemory;');
		for (const { func } of funcs) {
			const { result, params, isResultSpilled } = funcLayout(func);
			const returns = isResultSpilled ? 'number' : coreName(result);
			out.line(`readonly #${camelCase(func.name)}: (${declaration(parameters(params))}) => ${returns};`);
			if (isResultSpilled)
				out.line(`readonly #${camelCase(func.name)}Done: ((__p: number) => void) | undefined;`);
		}
		out.line('');
		out.docs('@throws LinkError `missing-export`');
		out.block('constructor({ exports }: WebAssembly.Instance, memory: GuestMemory)', () => {
			out.line('memory.attach(exports);');
			out.line('this.#memory = memory;');
			for (const { func, name } of funcs) {
				const field = `this.#${camelCase(func.name)}`;
				out.line(`${field} = __exportedFunction(exports, '${name}');`);
				if (!funcLayout(func).isResultSpilled) continue;
				const post = `cabi_post_${name}`;
				out.line(`${field}Done = '${post}' in exports ? __exportedFunction(exports, '${post}') : undefined;`);
			}
		});
		for (const { func } of funcs) {
			out.line('');
			out.docs(func.docs);
			out.block(signature(func), () => writeExportCall(out, func));
		}
	});
}

function writeExportCall(out: Source, func: Func): void {
	const layout = funcLayout(func);
	const field = `this.#${camelCase(func.name)}`;
	const params = func.params.map((param) => ({ ...param, name: identifier(param.name) }));
	out.line('const __m = this.#memory;');
	let args: string[];
	if (layout.areParamsSpilled) {
		const { size, align, offsets } = recordLayout(params.map((param) => param.type));
		out.line(`const __args = __m.allocate(${align}, ${size});`);
		params.forEach((param, index) => {
			store(out, param.type, { at: { base: '__args', offset: offsets[index] as number }, value: param.name });
		});
		args = ['__args'];
	} else {
		args = params.flatMap((param) => {
			const slots = newSlots(out, layoutOf(param.type).flat);
			lowerFlat(out, param.type, { value: param.name, slots });
			return slots.map((slot) => slot.name);
		});
	}
	const call = `${field}(${args.join(', ')})`;
	if (func.result === undefined) return out.line(`${call};`);
	out.line(`const __r = ${call};`);
	out.line('__m.enter();');
	if (!layout.isResultSpilled) {
		const [value] = liftAll(out, [func.result], [{ name: '__r', type: layout.result as CoreType }]);
		return out.line(`return ${value};`);
	}
	const { size, align } = layoutOf(func.result);
	out.line(`const __from = __m.region(__r, ${size}, ${align});`);
	out.line(`const __value = ${load(out, func.result, { base: '__from', offset: 0 })};`);
	out.line(`if (${field}Done !== undefined) __m.release(${field}Done, __r);`);
	out.line('return __value;');
}
