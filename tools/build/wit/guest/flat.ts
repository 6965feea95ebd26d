/** AssemblyScript that passes values as core parameters and results. */
import { type CoreType, layoutOf, plain } from '../layout.ts';
import type { Type } from '../model.ts';
import { identifier, pascalCase } from '../naming.ts';
import type { Source } from '../source.ts';
import { loadList, someOf } from './load.ts';
import { borrow } from './store.ts';
import { caseClass, isReference, resolved, tagEnum, typeName } from './types.ts';

/** A local of a core type. Inside a variant it may be wider than the value it carries. */
export interface Slot {
	readonly name: string;
	readonly type: CoreType;
}

/** The value that arrived in `slots`, one per core type of its layout. */
export function liftFlat(out: Source, type: Type, slots: readonly Slot[]): string {
	const known = resolved(type);
	const [first, second] = slots as [Slot, Slot];
	switch (known.kind) {
		case 'bool':
			return `${narrow(first, 'i32')} != 0`;
		case 'string':
			return `__string(${narrow(first, 'i32')}, ${narrow(second, 'i32')})`;
		case 'list':
			return loadList(out, {
				element: known.element,
				pointer: narrow(first, 'i32'),
				length: narrow(second, 'i32'),
			});
		case 'option': {
			const value = out.local();
			out.line(`let ${value}: ${typeName(known)} = null;`);
			out.choose(`${narrow(first, 'i32')}`, () => {
				out.line(`${value} = ${someOf(known.element, liftFlat(out, known.element, slots.slice(1)))};`);
			});
			return value;
		}
		case 'result': {
			const value = out.local();
			out.line(`let ${value}: ${typeName(known)};`);
			const side = (name: 'ok' | 'err', payload: Type | undefined) => {
				const inner = payload === undefined ? '0' : liftFlat(out, payload, slots.slice(1));
				out.line(`${value} = ${name}<${typeName(known.ok)}, ${typeName(known.error)}>(${inner});`);
			};
			out.choose(
				`${narrow(first, 'i32')} == 0`,
				() => side('ok', known.ok),
				() => side('err', known.error),
			);
			return value;
		}
		case 'tuple':
			return `new ${typeName(known)}(${liftAll(out, known.items, slots).join(', ')})`;
		case 'named': {
			const { definition } = known;
			const { body } = definition;
			if (body.kind === 'record') {
				const types = body.fields.map((field) => field.type);
				return `new ${typeName(known)}(${liftAll(out, types, slots).join(', ')})`;
			}
			if (body.kind !== 'variant') return narrow(first, 'i32');
			const value = out.local();
			out.line(`let ${value} = changetype<${typeName(known)}>(0);`);
			out.block(`switch (${narrow(first, 'i32')})`, () => {
				body.cases.forEach((each, index) => {
					out.block(`case ${index}:`, () => {
						const inner = each.type === undefined ? '' : liftFlat(out, each.type, slots.slice(1));
						out.line(`${value} = new ${caseClass(definition, each.name)}(${inner});`);
						out.line('break;');
					});
				});
				out.line('default: unreachable();');
			});
			return value;
		}
		default: {
			const value = narrow(first, layoutOf(known).flat[0] as CoreType);
			return `<${typeName(known)}>${value}`;
		}
	}
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

/** Puts `value` into `slots`. */
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
		case 'string':
		case 'list': {
			const { pointer, length } = borrow(out, known, value);
			set(first, `<i32>${pointer}`, 'i32');
			return set(second, length, 'i32');
		}
		case 'option': {
			const option = out.local();
			out.line(`const ${option} = ${value};`);
			out.choose(`${option} !== null`, () => {
				set(first, '1', 'i32');
				const inner = isReference(known.element) ? option : `${option}.value`;
				lowerFlat(out, known.element, { value: inner, slots: slots.slice(1) });
			});
			return;
		}
		case 'result': {
			const result = out.local();
			out.line(`const ${result} = ${value};`);
			const side = (tag: string, { inner, name }: { inner: Type | undefined; name: string }) => {
				set(first, tag, 'i32');
				if (inner !== undefined) lowerFlat(out, inner, { value: `${result}.${name}`, slots: slots.slice(1) });
			};
			return out.choose(
				`${result}.isOk`,
				() => side('0', { inner: known.ok, name: 'value' }),
				() => side('1', { inner: known.error, name: 'error' }),
			);
		}
		case 'tuple':
		case 'named': {
			if (known.kind === 'named' && known.definition.body.kind === 'variant') {
				const { definition } = known;
				const { cases } = known.definition.body;
				const variant = out.local();
				out.line(`const ${variant} = ${value};`);
				set(first, `${variant}.tag`, 'i32');
				return out.block(`switch (${variant}.tag)`, () => {
					for (const each of cases) {
						const { type } = each;
						if (type === undefined) continue;
						out.block(`case ${tagEnum(definition)}.${pascalCase(each.name)}:`, () => {
							const inner = `changetype<${caseClass(definition, each.name)}>(${variant}).value`;
							lowerFlat(out, type, { value: inner, slots: slots.slice(1) });
							out.line('break;');
						});
					}
				});
			}
			const fields = plain(known);
			if (fields.kind !== 'record') return set(first, value, 'i32');
			const owner = out.local();
			out.line(`const ${owner} = ${value};`);
			let at = 0;
			for (const field of fields.fields) {
				const from = at;
				at += layoutOf(field.type).flat.length;
				const name = known.kind === 'tuple' ? `item${field.name}` : identifier(field.name);
				lowerFlat(out, field.type, { value: `${owner}.${name}`, slots: slots.slice(from, at) });
			}
			return;
		}
		default: {
			const core = layoutOf(known).flat[0] as CoreType;
			return set(first, `<${core}>${value}`, core);
		}
	}
}

function narrow({ name, type }: Slot, wanted: CoreType): string {
	if (type === wanted) return name;
	if (type === 'i64' && wanted === 'f64') return `reinterpret<f64>(${name})`;
	const bits = type === 'i64' ? `<i32>${name}` : name;
	return wanted === 'f32' ? `reinterpret<f32>(${bits})` : bits;
}

function widen(value: string, from: CoreType, { type }: Slot): string {
	if (type === from) return value;
	if (from === 'f64') return `reinterpret<i64>(${value})`;
	const bits = from === 'f32' ? `reinterpret<i32>(${value})` : `(${value})`;
	return type === 'i64' ? `<i64><u32>${bits}` : bits;
}

/** Locals for what `lowerFlat` puts into them. */
export function newSlots(out: Source, types: readonly CoreType[]): Slot[] {
	return types.map((type) => {
		const name = out.local();
		out.line(`let ${name}: ${type} = 0;`);
		return { name, type };
	});
}
