/** Random host values of any WIT type. */
import fc from 'fast-check';
import { isTagged, resolved } from '../host/types.ts';
import type { Type } from '../model.ts';
import { camelCase } from '../naming.ts';

/** Well-formed, since a component's strings are. */
const text = fc.oneof(
	fc.string({ maxLength: 8, unit: 'binary' }).map((value) => value.toWellFormed()),
	fc.string({ minLength: 20, maxLength: 40, unit: 'grapheme' }),
);
const char = fc
	.integer({ min: 0, max: 0x10_ffff })
	.filter((code) => code < 0xd800 || code > 0xdfff)
	.map((code) => String.fromCodePoint(code));
// Which NaN a NaN is may change on the way (canonical ABI), so there is one only.
const float = fc.float({ noDefaultInfinity: false });
const double = fc.double();

const scalars: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
	bool: fc.boolean(),
	s8: fc.integer({ min: -128, max: 127 }),
	u8: fc.nat({ max: 255 }),
	s16: fc.integer({ min: -32_768, max: 32_767 }),
	u16: fc.nat({ max: 65_535 }),
	s32: fc.integer(),
	u32: fc.nat({ max: 0xffff_ffff }),
	s64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
	u64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
	f32: float,
	f64: double,
	char,
	string: text,
};

const lists: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
	s8: fc.int8Array(),
	u8: fc.uint8Array({ maxLength: 100 }),
	s16: fc.int16Array(),
	u16: fc.uint16Array(),
	s32: fc.int32Array(),
	u32: fc.uint32Array(),
	s64: fc.bigInt64Array(),
	u64: fc.bigUint64Array(),
	f32: fc.float32Array(),
	f64: fc.float64Array(),
};

export function anyValue(type: Type): fc.Arbitrary<unknown> {
	const known = resolved(type);
	switch (known.kind) {
		case 'list':
			return lists[resolved(known.element).kind] ?? fc.array(anyValue(known.element), { maxLength: 6 });
		case 'option': {
			const some = anyValue(known.element);
			if (!isTagged(known)) return fc.oneof(fc.constant(undefined), some);
			return fc.oneof(
				fc.constant({ tag: 'none' }),
				some.map((val) => ({ tag: 'some', val })),
			);
		}
		case 'result':
			return fc.oneof(side('ok', known.ok), side('err', known.error));
		case 'tuple':
			return fc.tuple(...known.items.map(anyValue));
		case 'named': {
			const { body } = known.definition;
			if (body.kind === 'enum') return fc.constantFrom(...body.cases.map((each) => each.name));
			if (body.kind === 'flags') {
				return fc.record(Object.fromEntries(body.flags.map((flag) => [camelCase(flag.name), fc.boolean()])), {
					noNullPrototype: true,
				});
			}
			if (body.kind === 'record') {
				const fields = body.fields.map((field) => [camelCase(field.name), anyValue(field.type)]);
				return fc.record(Object.fromEntries(fields), { noNullPrototype: true });
			}
			if (body.kind !== 'variant') throw new Error('an alias was not followed');
			return fc.oneof(
				...body.cases.map((each) =>
					each.type === undefined
						? fc.constant({ tag: each.name })
						: anyValue(each.type).map((val) => ({ tag: each.name, val })),
				),
			);
		}
		default:
			return scalars[known.kind] as fc.Arbitrary<unknown>;
	}
}

function side(tag: string, type: Type | undefined): fc.Arbitrary<unknown> {
	return type === undefined
		? fc.constant({ tag, val: undefined })
		: anyValue(type).map((val) => ({ tag, val }));
}
