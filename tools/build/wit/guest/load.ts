/** AssemblyScript that reads values in the layout of the canonical ABI. */
import { layoutOf, recordLayout } from '../layout.ts';
import type { Type } from '../model.ts';
import type { Source } from '../source.ts';
import { type Address, memoryTypes, plus, pointer, tagType } from './address.ts';
import { arrayName, className, isReference, resolved, typeName } from './types.ts';

export function loadRaw(type: string, { base, offset }: Address): string {
	return `load<${type}>(${base}${offset === 0 ? '' : `, ${offset}`})`;
}

/** Writes what it must to `out` and returns the expression of the value. */
export function load(out: Source, type: Type, at: Address): string {
	const known = resolved(type);
	switch (known.kind) {
		case 'bool':
			return `${loadRaw('u8', at)} != 0`;
		case 'string':
			return `__string(${loadRaw('usize', at)}, ${loadRaw('i32', plus(at, 4))})`;
		case 'list':
			return loadList(out, {
				element: known.element,
				pointer: loadRaw('usize', at),
				length: loadRaw('i32', plus(at, 4)),
			});
		case 'named': {
			const { body } = known.definition;
			if (body.kind === 'enum' || body.kind === 'flags') {
				return `<i32>${loadRaw(tagType(layoutOf(known).size), at)}`;
			}
			return `__load${className(known.definition)}(${pointer(at)})`;
		}
		case 'option': {
			const { payloadOffset } = layoutOf(known);
			const value = out.local();
			out.line(`let ${value}: ${typeName(known)} = null;`);
			out.choose(`${loadRaw('u8', at)}`, () => {
				out.line(`${value} = ${someOf(known.element, load(out, known.element, plus(at, payloadOffset)))};`);
			});
			return value;
		}
		case 'result': {
			const { payloadOffset } = layoutOf(known);
			const value = out.local();
			out.line(`let ${value}: ${typeName(known)};`);
			const side = (name: 'ok' | 'err', payload: Type | undefined) => {
				const inner = payload === undefined ? '0' : load(out, payload, plus(at, payloadOffset));
				out.line(`${value} = ${name}<${typeName(known.ok)}, ${typeName(known.error)}>(${inner});`);
			};
			out.choose(
				`${loadRaw('u8', at)} == 0`,
				() => side('ok', known.ok),
				() => side('err', known.error),
			);
			return value;
		}
		case 'tuple': {
			const { offsets } = recordLayout(known.items);
			const items = known.items.map((item, index) => load(out, item, plus(at, offsets[index] as number)));
			return `new ${typeName(known)}(${items.join(', ')})`;
		}
		default:
			return loadRaw(memoryTypes[known.kind] as string, at);
	}
}

/** The value of an option that is there. */
export function someOf(element: Type, value: string): string {
	return isReference(element) ? value : `new Option<${typeName(element)}>(${value})`;
}

/** Lifts a list whose pointer and length are already at hand. */
export function loadList(
	out: Source,
	{ element, pointer, length }: { element: Type; pointer: string; length: string },
): string {
	const array = arrayName(element);
	const { size } = layoutOf(element);
	if (array !== undefined) return `__array<${array}>(${pointer}, ${length}${size === 1 ? '' : ` * ${size}`})`;
	const [base, count, list, index, item] = [out.local(), out.local(), out.local(), out.local(), out.local()];
	out.line(`const ${base}: usize = ${pointer};`);
	out.line(`const ${count}: i32 = ${length};`);
	out.line(`const ${list} = new Array<${typeName(element)}>(${count});`);
	out.block(`for (let ${index} = 0; ${index} < ${count}; ${index}++)`, () => {
		out.line(`const ${item}: usize = ${base} + ${index} * ${size};`);
		out.line(`unchecked((${list}[${index}] = ${load(out, element, { base: item, offset: 0 })}));`);
	});
	return list;
}
