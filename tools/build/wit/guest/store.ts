/** AssemblyScript that writes values in the layout of the canonical ABI. */
import { layoutOf, recordLayout } from '../layout.ts';
import type { Type } from '../model.ts';
import type { Source } from '../source.ts';
import { type Address, memoryTypes, plus, pointer, tagType } from './address.ts';
import { arrayName, className, isReference, resolved } from './types.ts';

export function storeRaw(type: string, { base, offset }: Address, value: string): string {
	return `store<${type}>(${base}, ${value}${offset === 0 ? '' : `, ${offset}`});`;
}

/** Writes `value` to memory; what it points to is borrowed from the value, not copied. */
export function store(out: Source, type: Type, { at, value }: { at: Address; value: string }): void {
	const known = resolved(type);
	switch (known.kind) {
		case 'bool':
			return out.line(storeRaw('u8', at, `<u8>${value}`));
		case 'string':
		case 'list': {
			const { pointer, length } = borrow(out, known, value);
			out.line(storeRaw('usize', at, pointer));
			return out.line(storeRaw('i32', plus(at, 4), length));
		}
		case 'named': {
			const { body } = known.definition;
			if (body.kind === 'enum' || body.kind === 'flags') {
				const tag = tagType(layoutOf(known).size);
				return out.line(storeRaw(tag, at, `<${tag}>${value}`));
			}
			return out.line(`__store${className(known.definition)}(${pointer(at)}, ${value});`);
		}
		case 'option': {
			const payload = plus(at, layoutOf(known).payloadOffset);
			const option = out.local();
			out.line(`const ${option} = ${value};`);
			out.choose(
				`${option} !== null`,
				() => {
					out.line(storeRaw('u8', at, '1'));
					store(out, known.element, {
						at: payload,
						value: isReference(known.element) ? option : `${option}.value`,
					});
				},
				() => out.line(storeRaw('u8', at, '0')),
			);
			return;
		}
		case 'result': {
			const payload = plus(at, layoutOf(known).payloadOffset);
			const result = out.local();
			out.line(`const ${result} = ${value};`);
			const side = (tag: number, { inner, name }: { inner: Type | undefined; name: string }) => {
				out.line(storeRaw('u8', at, `${tag}`));
				if (inner !== undefined) store(out, inner, { at: payload, value: `${result}.${name}` });
			};
			return out.choose(
				`${result}.isOk`,
				() => side(0, { inner: known.ok, name: 'value' }),
				() => side(1, { inner: known.error, name: 'error' }),
			);
		}
		case 'tuple': {
			const { offsets } = recordLayout(known.items);
			const tuple = out.local();
			out.line(`const ${tuple} = ${value};`);
			known.items.forEach((item, index) => {
				store(out, item, { at: plus(at, offsets[index] as number), value: `${tuple}.item${index}` });
			});
			return;
		}
		default:
			return out.line(storeRaw(memoryTypes[known.kind] as string, at, value));
	}
}

/** Pointer and length of a string or list; only lists of classes need memory of their own. */
export function borrow(out: Source, type: Type, value: string): { pointer: string; length: string } {
	const known = resolved(type);
	const owner = out.local();
	out.line(`const ${owner} = ${value};`);
	const length = `${owner}.length`;
	if (known.kind !== 'list') return { pointer: `changetype<usize>(${owner})`, length };
	if (arrayName(known.element) !== undefined) return { pointer: `${owner}.dataStart`, length };
	const { size } = layoutOf(known.element);
	const [base, index, item] = [out.local(), out.local(), out.local()];
	out.line(`const ${base} = __allocate(${length} * ${size});`);
	out.block(`for (let ${index} = 0; ${index} < ${length}; ${index}++)`, () => {
		out.line(`const ${item}: usize = ${base} + ${index} * ${size};`);
		store(out, known.element, { at: { base: item, offset: 0 }, value: `unchecked(${owner}[${index}])` });
	});
	return { pointer: base, length };
}
