/** The host's functions as the import object of a core module. */
import { type CoreType, funcLayout, layoutOf, recordLayout } from '../layout.ts';
import type { Func, World } from '../model.ts';
import { camelCase, pascalCase } from '../naming.ts';
import type { Source } from '../source.ts';
import { funcsOf, interfacesOf } from '../world.ts';
import { coreName, declaration, liftAll, lowerFlat, newSlots, parameters, type Slot } from './flat.ts';
import { load } from './load.ts';
import { store } from './store.ts';
import { signature } from './types.ts';

export function writeHostInterface(out: Source, world: World): void {
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

export function writeImportsOf(out: Source, world: World): void {
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
