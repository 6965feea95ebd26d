/** TypeScript that passes a guest's values as core parameters and results. */
import { type CoreType, layoutOf, plain } from '../layout.ts';
import type { Type } from '../model.ts';
import { camelCase } from '../naming.ts';
import type { Source } from '../source.ts';
import { loadList, signed, variantSides } from './load.ts';
import { lowerRange, storeAnonymous } from './store.ts';
import { hostName, resolved, typeName } from './types.ts';

/** A local of a core type. Inside a variant it may be wider than the value it carries. */
export interface Slot {
	readonly name: string;
	readonly type: CoreType;
}

/** The value that arrived in `slots`, one per core type of its layout. */
export function liftFlat(out: Source, type: Type, slots: readonly Slot[]): string {
	const known = resolved(type);
	const [first, second] = slots as [Slot, Slot];
	const tag = narrow(first, 'i32');
	switch (known.kind) {
		case 'bool':
			return `${tag} !== 0`;
		case 'string':
			return `__m.string(${tag}, ${narrow(second, 'i32')} >>> 0)`;
		case 'list':
			return loadList(out, {
				element: known.element,
				pointer: tag,
				length: `${narrow(second, 'i32')} >>> 0`,
			});
		case 'option':
		case 'result':
			return liftCases(out, known, {
				tag,
				cases: variantSides(known).map(({ payload, wrap }) => ({
					type: payload,
					wrap: (value = 'undefined') => wrap(value),
				})),
				slots: slots.slice(1),
				name: known.kind,
			});
		case 'tuple':
			return `[${liftAll(out, known.items, slots).join(', ')}]`;
		case 'named': {
			const { body } = known.definition;
			if (body.kind === 'record') {
				const types = body.fields.map((field) => field.type);
				const values = liftAll(out, types, slots);
				return `{ ${body.fields.map((field, index) => `${camelCase(field.name)}: ${values[index]}`).join(', ')} }`;
			}
			if (body.kind !== 'variant') return `__to${hostName(known.definition)}(${tag})`;
			return liftCases(out, known, {
				tag,
				cases: body.cases.map((each) => ({
					type: each.type,
					wrap: (value) => `{ tag: '${each.name}'${value === undefined ? '' : `, val: ${value}`} }`,
				})),
				slots: slots.slice(1),
				name: known.definition.name,
			});
		}
		case 'char':
			return `__m.char(${tag})`;
		case 's8':
		case 's16':
		case 's32':
			return signed(known.kind, tag);
		case 'u8':
			return `(${tag} & 0xff)`;
		case 'u16':
			return `(${tag} & 0xffff)`;
		case 'u32':
			return `(${tag} >>> 0)`;
		case 'u64':
			return `BigInt.asUintN(64, ${first.name})`;
		default:
			return narrow(first, layoutOf(known).flat[0] as CoreType);
	}
}

interface LiftCases {
	readonly tag: string;
	readonly cases: readonly { readonly type: Type | undefined; readonly wrap: (value?: string) => string }[];
	readonly slots: readonly Slot[];
	readonly name: string;
}

function liftCases(out: Source, type: Type, { tag, cases, slots, name }: LiftCases): string {
	const value = out.local();
	out.line(`let ${value}: ${typeName(type)};`);
	out.block(`switch (${tag})`, () => {
		cases.forEach((each, index) => {
			out.block(`case ${index}:`, () => {
				out.line(
					`${value} = ${each.wrap(each.type === undefined ? undefined : liftFlat(out, each.type, slots))};`,
				);
				out.line('break;');
			});
		});
		out.line(`default: __badTag('${name}', ${tag});`);
	});
	return value;
}

/** Lifts several values that arrived one after the other. */
export function liftAll(out: Source, types: readonly Type[], slots: readonly Slot[]): string[] {
	let at = 0;
	return types.map((type) => {
		const from = at;
		at += layoutOf(type).flat.length;
		return liftFlat(out, type, slots.slice(from, at));
	});
}

/** Puts `value`, an expression that is cheap to repeat, into `slots`. */
export function lowerFlat(
	out: Source,
	type: Type,
	{ value, slots }: { value: string; slots: readonly Slot[] },
): void {
	const known = resolved(type);
	const [first, second] = slots as [Slot, Slot];
	const set = (slot: Slot, expression: string, from: CoreType) =>
		out.line(`${slot.name} = ${widen(expression, from, slot)};`);
	switch (known.kind) {
		case 'bool':
			return set(first, `(${value} ? 1 : 0)`, 'i32');
		case 'string':
		case 'list': {
			const { pointer, length } = lowerRange(out, known, value);
			set(first, pointer, 'i32');
			return set(second, length, 'i32');
		}
		case 'option':
		case 'result':
			return storeAnonymous(out, known, {
				value,
				setTag: (tag) => set(first, `${tag}`, 'i32'),
				setPayload: (inner, text) => lowerFlat(out, inner, { value: text, slots: slots.slice(1) }),
			});
		case 'tuple':
		case 'named': {
			if (known.kind === 'named') {
				const { definition } = known;
				const { body } = definition;
				if (body.kind === 'enum' || body.kind === 'flags') {
					return set(first, `__from${hostName(definition)}(${value})`, 'i32');
				}
				if (body.kind === 'variant') {
					const variant = out.local();
					out.line(`const ${variant} = ${value};`);
					return out.block(`switch (${variant}.tag)`, () => {
						body.cases.forEach((each, index) => {
							out.block(`case '${each.name}':`, () => {
								set(first, `${index}`, 'i32');
								if (each.type !== undefined) {
									lowerFlat(out, each.type, { value: `${variant}.val`, slots: slots.slice(1) });
								}
								out.line('break;');
							});
						});
						out.line(`default: __unknownCase('${definition.name}', ${variant});`);
					});
				}
			}
			const fields = plain(known);
			if (fields.kind !== 'record') return;
			let at = 0;
			for (const field of fields.fields) {
				const from = at;
				at += layoutOf(field.type).flat.length;
				const name = known.kind === 'tuple' ? `[${field.name}]` : `.${camelCase(field.name)}`;
				lowerFlat(out, field.type, { value: value + name, slots: slots.slice(from, at) });
			}
			return;
		}
		case 'char':
			return set(first, `${value}.codePointAt(0)!`, 'i32');
		default:
			return set(first, value, layoutOf(known).flat[0] as CoreType);
	}
}

function narrow({ name, type }: Slot, wanted: CoreType): string {
	if (type === wanted) return name;
	if (type === 'i64' && wanted === 'f64') return `__f64FromBits(${name})`;
	const bits = type === 'i64' ? `Number(BigInt.asIntN(32, ${name}))` : name;
	return wanted === 'f32' ? `__f32FromBits(${bits})` : bits;
}

function widen(value: string, from: CoreType, { type }: Slot): string {
	if (type === from) return value;
	if (from === 'f64') return `__f64ToBits(${value})`;
	const bits = from === 'f32' ? `__f32ToBits(${value})` : value;
	return type === 'i64' ? `BigInt(${bits} >>> 0)` : bits;
}

/** Locals for what `lowerFlat` puts into them. */
export function newSlots(out: Source, types: readonly CoreType[]): Slot[] {
	return types.map((type) => {
		const name = out.local();
		out.line(`let ${name} = ${type === 'i64' ? '0n' : '0'};`);
		return { name, type };
	});
}

export function parameters(types: readonly CoreType[]): Slot[] {
	return types.map((type, index) => ({ name: `__p${index}`, type }));
}

export function declaration(slots: readonly Slot[]): string {
	return slots.map(({ name, type }) => `${name}: ${coreName(type)}`).join(', ');
}

export function coreName(type: CoreType | undefined): string {
	if (type === undefined) return 'void';
	return type === 'i64' ? 'bigint' : 'number';
}
