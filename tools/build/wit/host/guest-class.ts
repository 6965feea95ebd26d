/** The class with a method for every function that a guest exports. */
import { type CoreType, funcLayout, layoutOf, recordLayout } from '../layout.ts';
import type { Func, Type, World } from '../model.ts';
import { camelCase, Declared, identifier, pascalCase } from '../naming.ts';
import type { Source } from '../source.ts';
import { funcsOf, interfacesOf } from '../world.ts';
import { coreName, declaration, liftAll, lowerFlat, newSlots, parameters } from './flat.ts';
import { load } from './load.ts';
import { store } from './store.ts';
import { signature, typeName } from './types.ts';

export function writeGuestClass(out: Source, world: World): void {
	const funcs = [
		...interfacesOf(world.exports).flatMap((each) =>
			each.funcs.map((func) => ({ func, name: `${each.id}#${func.name}` })),
		),
		...funcsOf(world.exports).map((func) => ({ func, name: func.name })),
	];
	const declared = new Declared();
	for (const { func, name } of funcs) {
		const each = pascalCase(func.name);
		for (const text of [
			camelCase(func.name),
			`lower${each}`,
			`lift${each}`,
			`${camelCase(func.name)}Arguments`,
		])
			declared.add(text, name);
	}
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
		for (const { func } of funcs) writeExport(out, func);
	});
}

/** Three steps for who makes the core call himself, and a method that takes them at once. */
function writeExport(out: Source, func: Func): void {
	const layout = funcLayout(func);
	const name = camelCase(func.name);
	const fields = parameters(layout.params).map((slot) => slot.name);
	const params = func.params.map((param) => `${identifier(param.name)}: ${typeName(param.type)}`).join(', ');
	const passed = func.params.map((param) => identifier(param.name)).join(', ');
	const result = func.result === undefined ? 'void' : typeName(func.result);
	const raw = layout.isResultSpilled ? 'number' : coreName(layout.result);
	out.line('');
	out.docs('Of the next core call.');
	const zeros = parameters(layout.params).map((slot) => `${slot.name}: ${slot.type === 'i64' ? '0n' : '0'}`);
	out.line(`readonly ${name}Arguments = { ${zeros.join(', ')} };`);
	out.line('');
	out.docs(func.docs);
	out.block(signature(func), () => {
		out.line(`this.lower${pascalCase(func.name)}(${passed});`);
		out.line(`const __a = this.${name}Arguments;`);
		const call = `this.#${name}(${fields.map((field) => `__a.${field}`).join(', ')})`;
		const lift = `this.lift${pascalCase(func.name)}`;
		out.line(func.result === undefined ? `${call};` : `return ${lift}(${call});`);
	});
	out.line('');
	out.docs('Writes the values into the guest, and their places into the arguments.');
	out.block(`lower${pascalCase(func.name)}(${params}): void`, () => writeLower(out, func));
	if (func.result === undefined) return;
	out.line('');
	out.docs('Reads what the core call has returned.');
	out.block(`lift${pascalCase(func.name)}(__r: ${raw}): ${result}`, () => writeLift(out, func));
}

function writeLower(out: Source, func: Func): void {
	const layout = funcLayout(func);
	const params = func.params.map((param) => ({ ...param, name: identifier(param.name) }));
	out.line('const __m = this.#memory;');
	out.line(`const __a = this.${camelCase(func.name)}Arguments;`);
	let values: string[];
	if (layout.areParamsSpilled) {
		const { size, align, offsets } = recordLayout(params.map((param) => param.type));
		out.line(`const __args = __m.allocate(${align}, ${size});`);
		params.forEach((param, index) => {
			store(out, param.type, { at: { base: '__args', offset: offsets[index] as number }, value: param.name });
		});
		values = ['__args'];
	} else {
		values = params.flatMap((param) => {
			const slots = newSlots(out, layoutOf(param.type).flat);
			lowerFlat(out, param.type, { value: param.name, slots });
			return slots.map((slot) => slot.name);
		});
	}
	parameters(layout.params).forEach(({ name }, index) => {
		out.line(`__a.${name} = ${values[index]};`);
	});
}

function writeLift(out: Source, func: Func): void {
	const layout = funcLayout(func);
	const type = func.result as Type;
	out.line('const __m = this.#memory;');
	out.line('__m.enter();');
	if (!layout.isResultSpilled) {
		const [value] = liftAll(out, [type], [{ name: '__r', type: layout.result as CoreType }]);
		return out.line(`return ${value};`);
	}
	const { size, align } = layoutOf(type);
	const done = `this.#${camelCase(func.name)}Done`;
	out.line(`const __from = __m.region(__r, ${size}, ${align});`);
	out.line(`const __value = ${load(out, type, { base: '__from', offset: 0 })};`);
	out.line(`if (${done} !== undefined) __m.release(${done}, __r);`);
	out.line('return __value;');
}
