/** What the host calls: lifts its parameters, calls the author's function, lowers the result. */
import { funcLayout, layoutOf, recordLayout } from '../layout.ts';
import type { Func, World } from '../model.ts';
import { identifier } from '../naming.ts';
import { Source } from '../source.ts';
import { interfacesOf } from '../world.ts';
import { liftAll, lowerFlat, newSlots, type Slot } from './flat.ts';
import { load } from './load.ts';
import { signatureTypes, writeImports } from './mentions.ts';
import { store } from './store.ts';

export function exportsSource(world: World, implementation: (name: string) => string) {
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
	out.line('export { __reallocate, __rest };');
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
