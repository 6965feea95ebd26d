/** AssemblyScript that reads and writes values in the layout of the canonical ABI. */
import { layoutOf, recordLayout } from '../layout.ts';
import type { Definition, Type } from '../model.ts';
import { identifier, pascalCase } from '../naming.ts';
import type { Source } from '../source.ts';
import { arrayName, caseClass, className, isReference, resolved, tagEnum, typeName } from './types.ts';

/** An address: a local that holds a pointer, and bytes from there. */
export interface Address {
	readonly base: string;
	readonly offset: number;
}

const loads: Readonly<Record<string, string>> = {
	s8: 'i8',
	u8: 'u8',
	s16: 'i16',
	u16: 'u16',
	s32: 'i32',
	u32: 'u32',
	s64: 'i64',
	u64: 'u64',
	f32: 'f32',
	f64: 'f64',
	char: 'u32',
};

export function loadRaw(type: string, { base, offset }: Address): string {
	return `load<${type}>(${base}${offset === 0 ? '' : `, ${offset}`})`;
}

/** A WIT scalar, enum or set of flags as the unsigned integer that memory holds. */
function tagType(size: number): string {
	return `u${size * 8}`;
}

function plus({ base, offset }: Address, more: number): Address {
	return { base, offset: offset + more };
}

function pointer({ base, offset }: Address): string {
	return offset === 0 ? base : `${base} + ${offset}`;
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
			return loadRaw(loads[known.kind] as string, at);
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

function storeRaw(type: string, { base, offset }: Address, value: string): string {
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
			return out.line(storeRaw(loads[known.kind] as string, at, value));
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

/** `__loadX` and `__storeX` of every record and variant of an interface. */
export function writeAccessors(out: Source, definitions: readonly Definition[]): void {
	for (const definition of definitions) {
		const { body } = definition;
		const name = className(definition);
		const type: Type = { kind: 'named', definition };
		if (body.kind === 'record') {
			const { offsets } = layoutOf(type);
			const fields = body.fields.map((field, index) => ({
				...field,
				at: { base: '__p', offset: offsets[index] as number },
			}));
			out.line('');
			out.block(`export function __load${name}(__p: usize): ${name}`, () => {
				out.line(`return new ${name}(${fields.map((field) => load(out, field.type, field.at)).join(', ')});`);
			});
			out.block(`export function __store${name}(__p: usize, __value: ${name}): void`, () => {
				for (const field of fields)
					store(out, field.type, { at: field.at, value: `__value.${identifier(field.name)}` });
			});
		}
		if (body.kind === 'variant') {
			const { tagSize, payloadOffset } = layoutOf(type);
			const at = { base: '__p', offset: 0 };
			const payload = { base: '__p', offset: payloadOffset };
			const tag = tagType(tagSize);
			out.line('');
			out.block(`export function __load${name}(__p: usize): ${name}`, () => {
				out.block(`switch (${loadRaw(tag, at)})`, () => {
					body.cases.forEach((each, index) => {
						out.block(`case ${index}:`, () => {
							const inner = each.type === undefined ? '' : load(out, each.type, payload);
							out.line(`return new ${caseClass(definition, each.name)}(${inner});`);
						});
					});
				});
				out.line('return unreachable();');
			});
			out.block(`export function __store${name}(__p: usize, __value: ${name}): void`, () => {
				out.line(storeRaw(tag, at, `<${tag}>__value.tag`));
				out.block('switch (__value.tag)', () => {
					for (const each of body.cases) {
						const { type } = each;
						if (type === undefined) continue;
						out.block(`case ${tagEnum(definition)}.${pascalCase(each.name)}:`, () => {
							const value = `changetype<${caseClass(definition, each.name)}>(__value).value`;
							store(out, type, { at: payload, value });
							out.line('break;');
						});
					}
				});
			});
		}
	}
}
