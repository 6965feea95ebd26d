/** WIT types as TypeScript types, with the values that jco uses too. */
import type { Definition, Func, Type } from '../model.ts';
import { camelCase, type Declared, identifier, pascalCase } from '../naming.ts';
import type { Source } from '../source.ts';

const scalars: Readonly<Record<string, string>> = {
	bool: 'boolean',
	s64: 'bigint',
	u64: 'bigint',
	char: 'string',
	string: 'string',
};

const arrays: Readonly<Record<string, string>> = {
	s8: 'Int8Array',
	u8: 'Uint8Array',
	s16: 'Int16Array',
	u16: 'Uint16Array',
	s32: 'Int32Array',
	u32: 'Uint32Array',
	s64: 'BigInt64Array',
	u64: 'BigUint64Array',
	f32: 'Float32Array',
	f64: 'Float64Array',
};

const builtins = new Set([
	...Object.values(arrays),
	...['Array', 'BigInt', 'GuestMemory', 'Number', 'Object', 'Option', 'Record', 'Result', 'TypeError'],
]);

/** Follows aliases. */
export function resolved(type: Type): Type {
	return type.kind === 'named' && type.definition.body.kind === 'alias'
		? resolved(type.definition.body.target)
		: type;
}

export function hostName({ name }: { readonly name: string }): string {
	const text = pascalCase(name);
	return builtins.has(text) ? `${text}_` : text;
}

export function arrayName(element: Type): string | undefined {
	return arrays[resolved(element).kind];
}

/** An option of what may be undefined itself cannot be told apart by `undefined`, so it is tagged. */
export function isTagged(option: Type): boolean {
	if (option.kind !== 'option') return false;
	const element = resolved(option.element);
	return element.kind === 'option' && !isTagged(element);
}

export function typeName(type: Type | undefined): string {
	if (type === undefined) return 'undefined';
	switch (type.kind) {
		case 'named':
			return hostName(type.definition);
		case 'list':
			return arrayName(type.element) ?? `${inParentheses(typeName(type.element))}[]`;
		case 'option':
			return isTagged(type) ? `Option<${typeName(type.element)}>` : `${typeName(type.element)} | undefined`;
		case 'result':
			return `Result<${typeName(type.ok)}, ${typeName(type.error)}>`;
		case 'tuple':
			return `[${type.items.map(typeName).join(', ')}]`;
		default:
			return scalars[type.kind] ?? 'number';
	}
}

function inParentheses(text: string): string {
	return text.includes('|') ? `(${text})` : text;
}

/** A property, absent or undefined where it is an option. */
export function property(name: string, type: Type): string {
	const isOptional = resolved(type).kind === 'option' && !isTagged(resolved(type));
	return `readonly ${camelCase(name)}${isOptional ? '?' : ''}: ${typeName(type)};`;
}

/** Constant with the names of an enum, in the order of their numbers. */
export function namesConstant({ name }: { readonly name: string }): string {
	return `${camelCase(name)}Names`;
}

export function writeTypes(out: Source, definitions: readonly Definition[], declared: Declared): void {
	for (const definition of definitions) {
		const name = declared.add(hostName(definition), `${definition.owner}.${definition.name}`);
		const { body } = definition;
		out.line('');
		out.docs(definition.docs);
		if (body.kind === 'alias') out.line(`export type ${name} = ${typeName(body.target)};`);
		else if (body.kind === 'record') {
			out.block(`export interface ${name}`, () => {
				for (const field of body.fields) {
					out.docs(field.docs);
					out.line(property(field.name, field.type));
				}
			});
		} else if (body.kind === 'flags') {
			out.block(`export interface ${name}`, () => {
				for (const flag of body.flags) {
					out.docs(flag.docs);
					out.line(`readonly ${camelCase(flag.name)}: boolean;`);
				}
			});
		} else if (body.kind === 'enum') {
			out.line(`export type ${name} = (typeof ${namesConstant(definition)})[number];`);
			out.line(
				`const ${namesConstant(definition)} = [${body.cases.map((each) => `'${each.name}'`).join(', ')}] as const;`,
			);
		} else {
			out.line(`export type ${name} =`);
			body.cases.forEach((each, index) => {
				const value = each.type === undefined ? '' : ` readonly val: ${typeName(each.type)};`;
				const end = index === body.cases.length - 1 ? ';' : '';
				for (const line of each.docs === '' ? [] : each.docs.split('\n')) out.line(`\t// ${line}`);
				out.line(`\t| { readonly tag: '${each.name}';${value} }${end}`);
			});
		}
	}
}

/** A function as a method of the host or of the guest. */
export function signature(func: Func): string {
	const params = func.params.map((param) => `${identifier(param.name)}: ${typeName(param.type)}`).join(', ');
	return `${camelCase(func.name)}(${params}): ${func.result === undefined ? 'void' : typeName(func.result)}`;
}
