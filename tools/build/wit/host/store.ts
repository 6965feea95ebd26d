/** TypeScript that writes a guest's values in the layout of the canonical ABI. */
import { layoutOf, recordLayout } from '../layout.ts';
import type { Type } from '../model.ts';
import type { Source } from '../source.ts';
import { type Address, cell, plus, sum, viewed } from './address.ts';
import { type Side, variantSides } from './load.ts';
import { arrayName, hostName, isTagged, resolved } from './types.ts';

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
