/** WIT types as AssemblyScript types, and the classes that declare them. */
import type { Definition, Interface, Type } from '../model.ts';
import { type Declared, identifier, pascalCase } from '../naming.ts';
import type { Source } from '../source.ts';

const scalars: Readonly<Record<string, string>> = {
	bool: 'bool',
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
	string: 'string',
};

const arrays: Readonly<Record<string, string>> = {
	s8: 'Int8Array',
	u8: 'Uint8Array',
	s16: 'Int16Array',
	u16: 'Uint16Array',
	s32: 'Int32Array',
	u32: 'Uint32Array',
	s64: 'Int64Array',
	u64: 'Uint64Array',
	f32: 'Float32Array',
	f64: 'Float64Array',
	char: 'Uint32Array',
};

/** Names of AssemblyScript that generated code relies on, so that no WIT type may shadow them. */
const builtins = new Set([
	...Object.values(arrays),
	...['Array', 'ArrayBuffer', 'Error', 'Map', 'Nothing', 'Object', 'Option', 'Result', 'Set', 'String'],
]);

/** Follows aliases. */
export function resolved(type: Type): Type {
	return type.kind === 'named' && type.definition.body.kind === 'alias'
		? resolved(type.definition.body.target)
		: type;
}

export function className({ name }: { readonly name: string }): string {
	const text = pascalCase(name);
	return builtins.has(text) || /^Tuple\d+$/.test(text) ? `${text}_` : text;
}

/** The typed array that holds a list of these, if one has the very bytes of the list. */
export function arrayName(element: Type): string | undefined {
	return arrays[resolved(element).kind];
}

/** Whether `T | null` can be told from every value of T. */
export function isReference(type: Type): boolean {
	const known = resolved(type);
	if (known.kind === 'named')
		return known.definition.body.kind === 'record' || known.definition.body.kind === 'variant';
	return (
		known.kind === 'string' || known.kind === 'list' || known.kind === 'result' || known.kind === 'tuple'
	);
}

export function typeName(type: Type | undefined): string {
	if (type === undefined) return 'Nothing';
	switch (type.kind) {
		case 'named':
			return type.definition.body.kind === 'alias'
				? typeName(type.definition.body.target)
				: className(type.definition);
		case 'list':
			return arrayName(type.element) ?? `Array<${typeName(type.element)}>`;
		case 'option':
			return `${isReference(type.element) ? typeName(type.element) : `Option<${typeName(type.element)}>`} | null`;
		case 'result':
			return `Result<${typeName(type.ok)}, ${typeName(type.error)}>`;
		case 'tuple':
			return `Tuple${type.items.length}<${type.items.map(typeName).join(', ')}>`;
		default:
			return scalars[type.kind] as string;
	}
}

/** Types that a type is directly made of. */
function partsOf(type: Type): readonly Type[] {
	switch (type.kind) {
		case 'named': {
			const { body } = type.definition;
			if (body.kind === 'alias') return [body.target];
			if (body.kind === 'record') return body.fields.map((field) => field.type);
			return body.kind === 'variant' ? body.cases.flatMap((each) => each.type ?? []) : [];
		}
		case 'list':
		case 'option':
			return [type.element];
		case 'result':
			return [type.ok, type.error].filter((part) => part !== undefined);
		case 'tuple':
			return type.items;
		default:
			return [];
	}
}

/** These types and all that they are made of, each definition once. */
export function closure(types: readonly Type[]): Type[] {
	const seen = new Set<Definition>();
	const visit = (type: Type): Type[] => {
		if (type.kind === 'named') {
			if (seen.has(type.definition)) return [];
			seen.add(type.definition);
		}
		return [type, ...partsOf(type).flatMap(visit)];
	};
	return types.flatMap(visit);
}

/** Name of the class that carries one case of a variant. */
export function caseClass(definition: Definition, name: string): string {
	return pascalCase(definition.name) + pascalCase(name);
}

export function tagEnum(definition: Definition): string {
	return `${pascalCase(definition.name)}Tag`;
}

export function writeClasses(out: Source, owner: Pick<Interface, 'definitions'>, declared: Declared): void {
	for (const definition of owner.definitions) {
		const name = declared.add(className(definition), definition.name);
		const { body } = definition;
		out.line('');
		out.docs(definition.docs);
		if (body.kind === 'alias') out.line(`export type ${name} = ${typeName(body.target)};`);
		else if (body.kind === 'record') {
			out.block(`export class ${name}`, () => {
				out.line('constructor(');
				for (const field of body.fields) {
					out.docs(field.docs);
					out.line(`\tpublic ${identifier(field.name)}: ${typeName(field.type)},`);
				}
				out.line(') {}');
			});
		} else if (body.kind === 'enum') {
			out.block(`export enum ${name}`, () => {
				for (const each of body.cases) {
					out.docs(each.docs);
					out.line(`${pascalCase(each.name)},`);
				}
			});
		} else if (body.kind === 'flags') {
			out.block(`export enum ${name}`, () => {
				body.flags.forEach((flag, index) => {
					out.docs(flag.docs);
					out.line(`${pascalCase(flag.name)} = ${1 << index},`);
				});
			});
		} else writeVariant(out, { definition, cases: body.cases, declared });
	}
}

interface VariantOptions {
	readonly definition: Definition;
	readonly cases: Extract<Definition['body'], { kind: 'variant' }>['cases'];
	readonly declared: Declared;
}

/** A base class with the tag and a subclass per case: the tag is switched on, the case is cast to. */
function writeVariant(out: Source, { definition, cases, declared }: VariantOptions): void {
	const name = className(definition);
	const tags = declared.add(tagEnum(definition), definition.name);
	out.block(`export abstract class ${name}`, () => out.line(`constructor(readonly tag: ${tags}) {}`));
	out.line('');
	out.block(`export enum ${tags}`, () => {
		for (const each of cases) out.line(`${pascalCase(each.name)},`);
	});
	for (const each of cases) {
		out.line('');
		out.docs(each.docs);
		out.block(
			`export class ${declared.add(caseClass(definition, each.name), `${definition.name}.${each.name}`)} extends ${name}`,
			() => {
				const parameter = each.type === undefined ? '' : `public value: ${typeName(each.type)}`;
				out.block(`constructor(${parameter})`, () => out.line(`super(${tags}.${pascalCase(each.name)});`));
			},
		);
	}
}
