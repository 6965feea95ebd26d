/** The class with a method for every function that a guest exports. */
import { type CoreType, funcLayout, layoutOf, recordLayout } from '../layout.ts';
import type { Func, World } from '../model.ts';
import { camelCase, Declared, identifier, pascalCase } from '../naming.ts';
import type { Source } from '../source.ts';
import { funcsOf, interfacesOf } from '../world.ts';
import { coreName, declaration, liftAll, lowerFlat, newSlots, parameters } from './flat.ts';
import { load } from './load.ts';
import { store } from './store.ts';
import { signature } from './types.ts';

export function writeGuestClass(out: Source, world: World): void {
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
