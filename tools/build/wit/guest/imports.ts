/** Functions of the host as plain functions of the guest. */
import { funcLayout, layoutOf, recordLayout } from '../layout.ts';
import type { Func } from '../model.ts';
import { identifier } from '../naming.ts';
import type { Source } from '../source.ts';
import { liftAll, lowerFlat, newSlots, type Slot } from './flat.ts';
import { load } from './load.ts';
import { store } from './store.ts';
import { typeName } from './types.ts';

export function writeImport(
	out: Source,
	func: Func,
	{ module, local }: { module: string; local: string },
): void {
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
