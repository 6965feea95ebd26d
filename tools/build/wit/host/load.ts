/** TypeScript that reads a guest's values in the layout of the canonical ABI. */
import { layoutOf, recordLayout } from '../layout.ts';
import type { Type } from '../model.ts';
import type { Source } from '../source.ts';
import { type Address, cell, plus, sum, viewed } from './address.ts';
import { arrayName, hostName, isTagged, resolved, typeName } from './types.ts';

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

export interface Side {
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
