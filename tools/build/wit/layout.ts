/** How the canonical ABI lays a value out, in linear memory and in core parameters (component model, CanonicalABI.md). */
import type { Case, Definition, Field, Primitive, Type } from './model.ts';

export type CoreType = 'i32' | 'i64' | 'f32' | 'f64';

/** More core parameters than this are spilled to memory. */
export const maxFlatParams = 16;
/** More core results than this come back through memory. */
export const maxFlatResults = 1;

/** A type without its names and special cases: what the ABI knows. */
export type Plain =
	| { readonly kind: Primitive }
	| { readonly kind: 'list'; readonly element: Type }
	| { readonly kind: 'record'; readonly fields: readonly Pick<Field<Definition>, 'name' | 'type'>[] }
	| { readonly kind: 'variant'; readonly cases: readonly Pick<Case<Definition>, 'name' | 'type'>[] }
	| { readonly kind: 'flags'; readonly flags: readonly { readonly name: string }[] };

/** Follows names and turns tuples into records, and options, results and enums into variants. */
export function plain(type: Type): Plain {
	switch (type.kind) {
		case 'named': {
			const { body } = type.definition;
			if (body.kind === 'alias') return plain(body.target);
			if (body.kind === 'enum' || body.kind === 'variant') return { kind: 'variant', cases: body.cases };
			return body;
		}
		case 'tuple':
			return { kind: 'record', fields: type.items.map((item, index) => ({ name: `${index}`, type: item })) };
		case 'option':
			return {
				kind: 'variant',
				cases: [
					{ name: 'none', type: undefined },
					{ name: 'some', type: type.element },
				],
			};
		case 'result':
			return {
				kind: 'variant',
				cases: [
					{ name: 'ok', type: type.ok },
					{ name: 'err', type: type.error },
				],
			};
		default:
			return type;
	}
}

export interface Layout {
	/** Bytes in memory, a multiple of `align`. */
	readonly size: number;
	readonly align: number;
	readonly flat: readonly CoreType[];
	/** Of each field of a record. */
	readonly offsets: readonly number[];
	/** Bytes of a variant's discriminant or of a set of flags. */
	readonly tagSize: number;
	/** Where a variant's payload stands. */
	readonly payloadOffset: number;
}

const scalars: Readonly<Record<string, readonly [size: number, flat: CoreType]>> = {
	bool: [1, 'i32'],
	s8: [1, 'i32'],
	u8: [1, 'i32'],
	s16: [2, 'i32'],
	u16: [2, 'i32'],
	s32: [4, 'i32'],
	u32: [4, 'i32'],
	s64: [8, 'i64'],
	u64: [8, 'i64'],
	f32: [4, 'f32'],
	f64: [8, 'f64'],
	char: [4, 'i32'],
};

export function layoutOf(type: Type): Layout {
	const known = plain(type);
	switch (known.kind) {
		case 'record':
			return recordLayout(known.fields.map((field) => field.type));
		case 'variant':
			return variantLayout(known.cases.map((each) => each.type));
		case 'flags': {
			const size = known.flags.length <= 8 ? 1 : known.flags.length <= 16 ? 2 : 4;
			return { ...bare, size, align: size, flat: ['i32'], tagSize: size };
		}
		case 'string':
		case 'list':
			return { ...bare, size: 8, align: 4, flat: ['i32', 'i32'] };
		default: {
			const [size, flat] = scalars[known.kind] as readonly [number, CoreType];
			return { ...bare, size, align: size, flat: [flat] };
		}
	}
}

const bare = { offsets: [], tagSize: 0, payloadOffset: 0 } as const;

/** Also the layout of parameters that are spilled to memory: they are a tuple there. */
export function recordLayout(types: readonly Type[]): Layout {
	const offsets: number[] = [];
	const flat: CoreType[] = [];
	let size = 0;
	let align = 1;
	for (const type of types) {
		const field = layoutOf(type);
		size = alignTo(size, field.align);
		offsets.push(size);
		size += field.size;
		align = Math.max(align, field.align);
		flat.push(...field.flat);
	}
	return { ...bare, size: alignTo(size, align), align, flat, offsets };
}

function variantLayout(payloads: readonly (Type | undefined)[]): Layout {
	const tagSize = payloads.length <= 0x100 ? 1 : payloads.length <= 0x1_0000 ? 2 : 4;
	const layouts = payloads.map((type) => (type === undefined ? undefined : layoutOf(type)));
	const payloadAlign = Math.max(1, ...layouts.map((each) => each?.align ?? 1));
	const payloadOffset = alignTo(tagSize, payloadAlign);
	const align = Math.max(tagSize, payloadAlign);
	const payload: CoreType[] = [];
	for (const each of layouts) {
		each?.flat.forEach((type, index) => {
			const before = payload[index];
			payload[index] = before === undefined ? type : join(before, type);
		});
	}
	const size = alignTo(payloadOffset + Math.max(0, ...layouts.map((each) => each?.size ?? 0)), align);
	return { ...bare, size, align, flat: ['i32', ...payload], tagSize, payloadOffset };
}

/** The core type that can carry either, bit for bit. */
export function join(one: CoreType, other: CoreType): CoreType {
	if (one === other) return one;
	const both = [one, other];
	return both.every((type) => type === 'i32' || type === 'f32') ? 'i32' : 'i64';
}

export function alignTo(offset: number, align: number): number {
	return Math.ceil(offset / align) * align;
}

export interface FuncLayout {
	/** Core parameters of the values, or one pointer if they are too many. */
	readonly params: readonly CoreType[];
	readonly areParamsSpilled: boolean;
	/** The one core result of the value, if it fits. */
	readonly result: CoreType | undefined;
	/** The value comes back through memory: an import takes a pointer to fill, an export returns one. */
	readonly isResultSpilled: boolean;
}

export function funcLayout({
	params,
	result,
}: {
	params: readonly { type: Type }[];
	result: Type | undefined;
}): FuncLayout {
	const flat = recordLayout(params.map((param) => param.type)).flat;
	const areParamsSpilled = flat.length > maxFlatParams;
	const flatResult = result === undefined ? [] : layoutOf(result).flat;
	const isResultSpilled = flatResult.length > maxFlatResults;
	return {
		params: areParamsSpilled ? ['i32'] : flat,
		areParamsSpilled,
		result: isResultSpilled ? undefined : flatResult[0],
		isResultSpilled,
	};
}
