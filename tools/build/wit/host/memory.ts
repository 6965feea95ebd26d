/** TypeScript that reads and writes a guest's values in the layout of the canonical ABI. */
import { layoutOf, recordLayout } from '../layout.ts';
import type { Definition, Type } from '../model.ts';
import { camelCase } from '../naming.ts';
import type { Source } from '../source.ts';
import { arrayName, hostName, isTagged, namesConstant, resolved, typeName } from './types.ts';

/** An address: a local that holds a checked pointer, and bytes from there. */
export interface Address {
	readonly base: string;
	readonly offset: number;
}

function plus({ base, offset }: Address, more: number): Address {
	return { base, offset: offset + more };
}

function sum({ base, offset }: Address): string {
	return offset === 0 ? base : `${base} + ${offset}`;
}

/** The unsigned integer of `size` bytes there, as something that can be read and assigned. */
function cell(size: number, at: Address): string {
	if (size === 1) return `__m.u8[${sum(at)}]!`;
	return size === 2 ? `__m.u16[(${sum(at)}) >>> 1]!` : `__m.u32[(${sum(at)}) >>> 2]!`;
}

const viewed: Readonly<Record<string, string>> = {
	s64: 'BigInt64',
	u64: 'BigUint64',
	f32: 'Float32',
	f64: 'Float64',
};

/** Writes what it must to `out` and returns the expression of the value. */
export function load(out: Source, type: Type, at: Address): string {
	const known = resolved(type);
	const { size } = layoutOf(known);
	switch (known.kind) {
		case 'bool':
			return `${cell(1, at)} !== 0`;
		case 'string':
			return `__m.string(${cell(4, at)}, ${cell(4, plus(at, 4))})`;
		case 'list':
			return loadList(out, { element: known.element, pointer: cell(4, at), length: cell(4, plus(at, 4)) });
		case 'option':
		case 'result':
			return loadAnonymous(out, known, at);
		case 'tuple': {
			const { offsets } = recordLayout(known.items);
			return `[${known.items.map((item, index) => load(out, item, plus(at, offsets[index] as number))).join(', ')}]`;
		}
		case 'named': {
			const { body } = known.definition;
			if (body.kind === 'enum' || body.kind === 'flags')
				return `__to${hostName(known.definition)}(${cell(size, at)})`;
			return `__load${hostName(known.definition)}(__m, ${sum(at)})`;
		}
		case 'char':
			return `__m.char(${cell(4, at)})`;
		case 's8':
		case 's16':
		case 's32':
			return signed(known.kind, cell(size, at));
		case 'u8':
		case 'u16':
		case 'u32':
			return cell(size, at);
		default:
			return `__m.view.get${viewed[known.kind]}(${sum(at)}, true)`;
	}
}

/** A core i32 as the signed type that it stands for. */
export function signed(kind: string, value: string): string {
	if (kind === 's32') return `(${value} | 0)`;
	const shift = kind === 's8' ? 24 : 16;
	return `((${value} << ${shift}) >> ${shift})`;
}

function loadAnonymous(out: Source, type: Extract<Type, { kind: 'option' | 'result' }>, at: Address): string {
	const payload = plus(at, layoutOf(type).payloadOffset);
	const value = out.local();
	out.line(`let ${value}: ${typeName(type)};`);
	out.block(`switch (${cell(1, at)})`, () => {
		variantSides(type).forEach(({ wrap, payload: inner }, tag) => {
			out.block(`case ${tag}:`, () => {
				out.line(`${value} = ${wrap(inner === undefined ? 'undefined' : load(out, inner, payload))};`);
				out.line('break;');
			});
		});
		out.line(`default: __badTag('${type.kind}', ${cell(1, at)});`);
	});
	return value;
}

interface Side {
	readonly payload: Type | undefined;
	/** The host value around that of the payload. */
	readonly wrap: (value: string) => string;
}

/** The two cases of an option or result. */
export function variantSides(type: Extract<Type, { kind: 'option' | 'result' }>): readonly [Side, Side] {
	const tagged = (tag: string) => (value: string) => `{ tag: '${tag}', val: ${value} }`;
	if (type.kind === 'result') {
		return [
			{ payload: type.ok, wrap: tagged('ok') },
			{ payload: type.error, wrap: tagged('err') },
		];
	}
	const isPlain = !isTagged(type);
	return [
		{ payload: undefined, wrap: () => (isPlain ? 'undefined' : "{ tag: 'none' }") },
		{ payload: type.element, wrap: isPlain ? (value) => value : tagged('some') },
	];
}

/** Lifts a list whose pointer and length are at hand, unchecked. */
export function loadList(
	out: Source,
	{ element, pointer, length }: { element: Type; pointer: string; length: string },
): string {
	const array = arrayName(element);
	const { size, align } = layoutOf(element);
	if (array === 'Uint8Array') return `__m.bytes(${pointer}, ${length})`;
	if (array !== undefined) return `new ${array}(__m.buffer(${pointer}, ${length}, ${size}))`;
	const [count, base, list, index] = [out.local(), out.local(), out.local(), out.local()];
	out.line(`const ${count} = ${length};`);
	out.line(`const ${base} = __m.region(${pointer}, ${count} * ${size}, ${align});`);
	out.line(`const ${list} = new Array<${typeName(element)}>(${count});`);
	const item = out.local();
	out.block(
		`for (let ${index} = 0, ${item} = ${base}; ${index} < ${count}; ${index}++, ${item} += ${size})`,
		() => {
			out.line(`${list}[${index}] = ${load(out, element, { base: item, offset: 0 })};`);
		},
	);
	return list;
}

/** Writes `value`, an expression that is cheap to repeat, to memory of the guest. */
export function store(out: Source, type: Type, { at, value }: { at: Address; value: string }): void {
	const known = resolved(type);
	const { size, payloadOffset } = layoutOf(known);
	const set = (text: string, where = at) => out.line(`${cell(size, where).replace(/!$/, '')} = ${text};`);
	switch (known.kind) {
		case 'bool':
			return set(`${value} ? 1 : 0`);
		case 'string':
		case 'list': {
			const { pointer, length } = lowerRange(out, known, value);
			out.line(`__m.u32[(${sum(at)}) >>> 2] = ${pointer};`);
			return out.line(`__m.u32[(${sum(plus(at, 4))}) >>> 2] = ${length};`);
		}
		case 'option':
		case 'result':
			return storeAnonymous(out, known, {
				value,
				setTag: (tag) => out.line(`__m.u8[${sum(at)}] = ${tag};`),
				setPayload: (inner, text) => store(out, inner, { at: plus(at, payloadOffset), value: text }),
			});
		case 'tuple': {
			const { offsets } = recordLayout(known.items);
			known.items.forEach((item, index) => {
				store(out, item, { at: plus(at, offsets[index] as number), value: `${value}[${index}]` });
			});
			return;
		}
		case 'named': {
			const { body } = known.definition;
			if (body.kind === 'enum' || body.kind === 'flags')
				return set(`__from${hostName(known.definition)}(${value})`);
			return out.line(`__store${hostName(known.definition)}(__m, ${sum(at)}, ${value});`);
		}
		case 'char':
			return set(`${value}.codePointAt(0)!`);
		case 's64':
		case 'u64':
		case 'f32':
		case 'f64':
			return out.line(`__m.view.set${viewed[known.kind]}(${sum(at)}, ${value}, true);`);
		default:
			return set(value);
	}
}

interface Setters {
	readonly value: string;
	readonly setTag: (tag: number) => void;
	readonly setPayload: (type: Type, value: string) => void;
}

/** Lowers an option or result, wherever its tag and payload go. */
export function storeAnonymous(
	out: Source,
	type: Extract<Type, { kind: 'option' | 'result' }>,
	{ value, setTag, setPayload }: Setters,
): void {
	const local = out.local();
	out.line(`const ${local} = ${value};`);
	const isPlain = type.kind === 'option' && !isTagged(type);
	const [first, second] = variantSides(type);
	const firstTag = type.kind === 'result' ? 'ok' : 'none';
	const side = (tag: number, { payload }: Side) => {
		setTag(tag);
		if (payload !== undefined) setPayload(payload, isPlain ? local : `${local}.val`);
	};
	out.choose(
		isPlain ? `${local} === undefined` : `${local}.tag === '${firstTag}'`,
		() => side(0, first),
		() => side(1, second),
	);
}

/** Copies a string or list into memory of the guest; gives its pointer and length. */
export function lowerRange(out: Source, type: Type, value: string): { pointer: string; length: string } {
	const known = resolved(type);
	const pointer = out.local();
	if (known.kind !== 'list') {
		out.line(`const ${pointer} = __m.lowerString(${value});`);
		const units = out.local();
		out.line(`const ${units} = __m.units;`);
		return { pointer, length: units };
	}
	const array = arrayName(known.element);
	if (array !== undefined) {
		out.line(`const ${pointer} = __m.${array === 'Uint8Array' ? 'lowerBytes' : 'lowerNumbers'}(${value});`);
		return { pointer, length: `${value}.length` };
	}
	const { size, align } = layoutOf(known.element);
	const [list, count, index, item] = [out.local(), out.local(), out.local(), out.local()];
	out.line(`const ${list} = ${value};`);
	out.line(`const ${count} = ${list}.length;`);
	out.line(`const ${pointer} = __m.allocate(${align}, ${count} * ${size});`);
	out.block(
		`for (let ${index} = 0, ${item} = ${pointer}; ${index} < ${count}; ${index}++, ${item} += ${size})`,
		() => {
			const each = out.local();
			out.line(`const ${each} = ${list}[${index}]!;`);
			store(out, known.element, { at: { base: item, offset: 0 }, value: each });
		},
	);
	return { pointer, length: count };
}

/** `__loadX` and `__storeX` of records and variants, `__toX` and `__fromX` of enums and flags. */
export function writeAccessors(out: Source, definitions: readonly Definition[]): void {
	for (const definition of definitions) {
		const { body } = definition;
		const name = hostName(definition);
		const type: Type = { kind: 'named', definition };
		const { offsets, tagSize, payloadOffset } = layoutOf(type);
		const at = { base: '__p', offset: 0 };
		const functions = (writeLoad: () => void, writeStore: () => void) => {
			out.line('');
			out.block(`function __load${name}(__m: GuestMemory, __p: number): ${name}`, writeLoad);
			out.line('');
			out.block(`function __store${name}(__m: GuestMemory, __p: number, __value: ${name}): void`, writeStore);
		};
		if (body.kind === 'record') {
			const fields = body.fields.map((field, index) => ({
				...field,
				at: plus(at, offsets[index] as number),
			}));
			functions(
				() => {
					const values = fields.map(
						(field) => `${camelCase(field.name)}: ${load(out, field.type, field.at)}`,
					);
					out.line(`return { ${values.join(', ')} };`);
				},
				() => {
					for (const field of fields)
						store(out, field.type, { at: field.at, value: `__value.${camelCase(field.name)}` });
				},
			);
		} else if (body.kind === 'variant') {
			const payload = plus(at, payloadOffset);
			functions(
				() => {
					out.block(`switch (${cell(tagSize, at)})`, () => {
						body.cases.forEach((each, index) => {
							out.block(`case ${index}:`, () => {
								const value = each.type === undefined ? '' : `, val: ${load(out, each.type, payload)}`;
								out.line(`return { tag: '${each.name}'${value} };`);
							});
						});
					});
					out.line(`return __badTag('${definition.name}', ${cell(tagSize, at)});`);
				},
				() => {
					out.block('switch (__value.tag)', () => {
						body.cases.forEach((each, index) => {
							out.block(`case '${each.name}':`, () => {
								out.line(`${cell(tagSize, at).replace(/!$/, '')} = ${index};`);
								if (each.type !== undefined) store(out, each.type, { at: payload, value: '__value.val' });
								out.line('return;');
							});
						});
						out.line(`default: __unknownCase('${definition.name}', __value);`);
					});
				},
			);
		} else if (body.kind === 'enum') writeEnum(out, definition);
		else if (body.kind === 'flags') {
			out.line('');
			out.block(`function __to${name}(__bits: number): ${name}`, () => {
				const flags = body.flags.map(
					(flag, index) => `${camelCase(flag.name)}: (__bits & ${1 << index}) !== 0`,
				);
				out.line(`return { ${flags.join(', ')} };`);
			});
			out.line('');
			out.block(`function __from${name}(__value: ${name}): number`, () => {
				const flags = body.flags.map(
					(flag, index) => `(__value.${camelCase(flag.name)} ? ${1 << index} : 0)`,
				);
				out.line(`return ${flags.join(' | ')};`);
			});
		}
	}
}

function writeEnum(out: Source, definition: Definition): void {
	const name = hostName(definition);
	const names = namesConstant(definition);
	out.line('');
	out.block(`function __to${name}(__tag: number): ${name}`, () => {
		out.line(`return ${names}[__tag] ?? __badTag('${definition.name}', __tag);`);
	});
	out.line('');
	out.block(`function __from${name}(__value: ${name}): number`, () => {
		out.line(`const __tag = ${names}.indexOf(__value);`);
		out.line(`return __tag >= 0 ? __tag : __unknownCase('${definition.name}', __value);`);
	});
}
