/** What one field of a message becomes in its AssemblyScript class. */
import type { ProtoField, ProtoType } from '../model.ts';
import { block } from '../text.ts';
import { type ScalarBinding, scalars } from './scalar.ts';

/** Lines of the four places of a class that a field appears in. */
export interface FieldCode {
	readonly members: string[];
	/** Cases of the switch over the tag. */
	readonly cases: string[];
	readonly size: string[];
	readonly write: string[];
}

export interface FieldContext {
	/** Name of the class or enum in the file being written. */
	readonly nameOf: (fullName: string) => string;
	/** Name of the enum that tells the members of a oneof apart. */
	readonly caseEnumOf: (oneof: string) => string;
}

// Words that AssemblyScript keeps for itself, and what every generated class has.
const reserved = new Set(
	(
		'break case catch class const continue default delete do else enum export extends false finally for ' +
		'function if implements import in instanceof interface let new null package private protected public ' +
		'return static super switch this throw true try type typeof var void while with yield ' +
		'constructor encode decode of toString valueOf'
	).split(' '),
);

/** The name of the field in its class: its own, with `_` behind a word that is taken. */
export function memberName(name: string): string {
	return reserved.has(name) ? `${name}_` : name;
}

export function pascalCase(name: string): string {
	return name.replace(/(?:^|_)([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** The constant of a oneof's enum that stands for this member. */
export function caseName(field: ProtoField): string {
	const name = pascalCase(field.name);
	return name === 'None' ? 'None_' : name;
}

export function fieldCode(field: ProtoField, context: FieldContext): FieldCode {
	const value = wireValueOf(field.type, context);
	switch (field.shape) {
		case 'plain':
			return value.isMessage ? plainMessage(field, value) : plainScalar(field, value);
		case 'optional':
			return optionalScalar(field, value);
		case 'oneof':
			return value.isMessage ? oneofMessage(field, value, context) : oneofScalar(field, value, context);
		case 'repeated':
			return repeated(field, value);
		case 'map':
			return map(field, value);
	}
}

/** A scalar as the wire has it, or a sub-message seen the same way. */
export interface Value extends ScalarBinding {
	readonly isMessage: boolean;
	/** Statements that read one value into the new variable `into`. */
	readonly readInto: (into: string) => string[];
}

export function wireValueOf(type: ProtoType, context: FieldContext): Value {
	if (type.kind !== 'message') {
		const binding =
			type.kind === 'scalar'
				? scalars[type.scalar]
				: { ...scalars.int32, type: context.nameOf(type.fullName) };
		return {
			...binding,
			isMessage: false,
			readInto: (into) => [`const ${into} = ${binding.read};`],
		};
	}
	const name = context.nameOf(type.fullName);
	return {
		type: name,
		unset: 'null',
		wireType: 2,
		read: '',
		readPacked: undefined,
		isSet: (value) => `${value} !== null`,
		size: (value) => `bytesSize(${value}._size())`,
		write: (value) => `writer.varint(u64(${value}._cachedSize)); ${value}._write(writer)`,
		packedSize: undefined,
		writePacked: undefined,
		fixedSize: undefined,
		isMessage: true,
		readInto: (into) => [
			'const outer = reader.enter();',
			`const ${into} = new ${name}();`,
			`${into}._read(reader);`,
			'reader.leave(outer);',
		],
	};
}

function plainScalar(field: ProtoField, value: Value): FieldCode {
	const name = memberName(field.name);
	return {
		members: [`${name}: ${value.type} = ${value.unset};`],
		cases: [`case ${tag(field, value)}: this.${name} = ${value.read}; break;`],
		size: [`if (${value.isSet(`this.${name}`)}) size += ${sizeWithTag(field, value, `this.${name}`)};`],
		write: block(`if (${value.isSet(`this.${name}`)})`, writeWithTag(field, value, `this.${name}`)),
	};
}

function plainMessage(field: ProtoField, value: Value): FieldCode {
	const name = memberName(field.name);
	return {
		members: [`${name}: ${value.type} | null = null;`],
		cases: mergeCase(field, value),
		size: [
			`const ${local(field)} = this.${name};`,
			`if (${local(field)} !== null) size += ${sizeWithTag(field, value, local(field))};`,
		],
		write: [
			`const ${local(field)} = this.${name};`,
			...block(`if (${local(field)} !== null)`, writeWithTag(field, value, local(field))),
		],
	};
}

/** A sub-message that comes again is merged with the one before. */
function mergeCase(field: ProtoField, value: Value): string[] {
	const name = memberName(field.name);
	return block(`case ${tag(field, value)}:`, [
		'const outer = reader.enter();',
		`let message = this.${name};`,
		...block('if (message === null)', [`message = new ${value.type}();`, `this.${name} = message;`]),
		'message._read(reader);',
		'reader.leave(outer);',
		'break;',
	]);
}

function optionalScalar(field: ProtoField, value: Value): FieldCode {
	const name = memberName(field.name);
	const has = `has${pascalCase(field.name)}`;
	const held = `_${field.name}`;
	return {
		members: [
			`${has}: bool = false;`,
			`private ${held}: ${value.type} = ${value.unset};`,
			...block(`get ${name}(): ${value.type}`, [`return this.${has} ? this.${held} : ${value.unset};`]),
			...block(`set ${name}(value: ${value.type})`, [`this.${held} = value;`, `this.${has} = true;`]),
		],
		cases: [`case ${tag(field, value)}: this.${name} = ${value.read}; break;`],
		size: [`if (this.${has}) size += ${sizeWithTag(field, value, `this.${held}`)};`],
		write: block(`if (this.${has})`, writeWithTag(field, value, `this.${held}`)),
	};
}

function oneofScalar(field: ProtoField, value: Value, context: FieldContext): FieldCode {
	const name = memberName(field.name);
	const { which, self } = oneofNames(field, context);
	const held = `_${field.name}`;
	return {
		members: [
			`private ${held}: ${value.type} = ${value.unset};`,
			...block(`get ${name}(): ${value.type}`, [
				`return this.${which} == ${self} ? this.${held} : ${value.unset};`,
			]),
			...block(`set ${name}(value: ${value.type})`, [`this.${held} = value;`, `this.${which} = ${self};`]),
		],
		cases: [`case ${tag(field, value)}: this.${name} = ${value.read}; break;`],
		size: [`if (this.${which} == ${self}) size += ${sizeWithTag(field, value, `this.${held}`)};`],
		write: block(`if (this.${which} == ${self})`, writeWithTag(field, value, `this.${held}`)),
	};
}

function oneofMessage(field: ProtoField, value: Value, context: FieldContext): FieldCode {
	const name = memberName(field.name);
	const { which, self, none } = oneofNames(field, context);
	const held = `_${field.name}`;
	const mine = `if (this.${which} == ${self})`;
	// A case that was set by hand without its message is an empty message.
	const orEmpty = [
		`let message = this.${held};`,
		...block('if (message === null)', [`message = new ${value.type}();`, `this.${held} = message;`]),
	];
	return {
		members: [
			`private ${held}: ${value.type} | null = null;`,
			...block(`get ${name}(): ${value.type} | null`, [
				`return this.${which} == ${self} ? this.${held} : null;`,
			]),
			...block(`set ${name}(value: ${value.type} | null)`, [
				`this.${held} = value;`,
				`if (value !== null) this.${which} = ${self};`,
				`else if (this.${which} == ${self}) this.${which} = ${none};`,
			]),
		],
		cases: mergeCase(field, value),
		size: block(mine, [...orEmpty, `size += ${sizeWithTag(field, value, 'message')};`]),
		write: block(mine, [
			`const message = this.${held};`,
			...block('if (message !== null)', writeWithTag(field, value, 'message')),
		]),
	};
}

function oneofNames(field: ProtoField, context: FieldContext) {
	const oneof = field.oneof ?? '';
	const enumName = context.caseEnumOf(oneof);
	return { which: `${oneof}Case`, self: `${enumName}.${caseName(field)}`, none: `${enumName}.None` };
}

function repeated(field: ProtoField, value: Value): FieldCode {
	const name = memberName(field.name);
	const type = `Array<${value.type}>`;
	const items = local(field);
	const push = block(`case ${tag(field, value)}:`, [
		...value.readInto('item'),
		`this.${name}.push(item);`,
		'break;',
	]);
	const packedTag = (field.number << 3) | 2;
	const packed =
		value.readPacked === undefined
			? []
			: [`case ${packedTag >>> 0}: ${value.readPacked(`this.${name}`)}; break;`];

	const item = `unchecked(${items}[i])`;
	const each = `for (let i = 0; i < ${items}.length; i++)`;
	const isPacked = field.isPacked && value.packedSize !== undefined && value.writePacked !== undefined;
	const size = isPacked
		? [`if (${items}.length != 0) size += ${tagSize(field)} + bytesSize(${value.packedSize?.(items)});`]
		: [`${each} size += ${sizeWithTag(field, value, item)};`];
	const write = isPacked
		? block(`if (${items}.length != 0)`, [`${writeTag(packedTag)};`, `${value.writePacked?.(items)};`])
		: block(each, [`const item = ${item};`, ...writeWithTag(field, value, 'item')]);
	return {
		members: lazyMember({ field, type, create: '[]' }),
		cases: [...push, ...packed],
		size: [`const ${items} = this._${field.name};`, ...block(`if (${items} !== null)`, size)],
		write: [`const ${items} = this._${field.name};`, ...block(`if (${items} !== null)`, write)],
	};
}

function map(field: ProtoField, value: Value): FieldCode {
	const key = scalars[field.key ?? 'string'];
	const name = memberName(field.name);
	const type = `Map<${key.type}, ${value.type}>`;
	const entries = local(field);
	const tagOf = (number: number, wireType: number) => (number << 3) | wireType;
	// Key and value are written even when they have their defaults, as every encoder does.
	const entrySize = `1 + ${key.size('key')} + 1 + ${value.size('value')}`;
	const cachedEntrySize = value.isMessage
		? `1 + ${key.size('key')} + 1 + bytesSize(value._cachedSize)`
		: entrySize;
	const walk = (body: string[]) => [
		`const ${entries} = this._${field.name};`,
		...block(`if (${entries} !== null)`, [
			`const keys = ${entries}.keys();`,
			`const values = ${entries}.values();`,
			...block('for (let i = 0; i < keys.length; i++)', [
				'const key = unchecked(keys[i]);',
				'const value = unchecked(values[i]);',
				...body,
			]),
		]),
	];
	const readValue = value.isMessage
		? block(`case ${tagOf(2, value.wireType)}:`, [
				'const outer = reader.enter();',
				`if (value === null) value = new ${value.type}();`,
				'value._read(reader);',
				'reader.leave(outer);',
				'break;',
			])
		: [`case ${tagOf(2, value.wireType)}: value = ${value.read}; break;`];
	return {
		members: lazyMember({ field, type, create: `new ${type}()` }),
		cases: block(`case ${tag(field, { wireType: 2 })}:`, [
			'const entryEnd = reader.enterEntry();',
			`let key: ${key.type} = ${key.unset};`,
			`let value: ${value.type}${value.isMessage ? ' | null' : ''} = ${value.unset};`,
			...block('while (reader.next())', [
				...block('switch (reader.tag)', [
					`case ${tagOf(1, key.wireType)}: key = ${key.read}; break;`,
					...readValue,
					'default: reader.skip();',
				]),
			]),
			'reader.leaveEntry(entryEnd);',
			value.isMessage
				? `this.${name}.set(key, value === null ? new ${value.type}() : value);`
				: `this.${name}.set(key, value);`,
			'break;',
		]),
		size: walk([`size += ${tagSize(field)} + bytesSize(${entrySize});`]),
		write: walk([
			`${writeTag(tagOf(field.number, 2))};`,
			`writer.varint(u64(${cachedEntrySize}));`,
			`${writeTag(tagOf(1, key.wireType))};`,
			`${key.write('key')};`,
			`${writeTag(tagOf(2, value.wireType))};`,
			`${value.write('value')};`,
		]),
	};
}

/** A collection that costs nothing before it is first asked for, so that two bytes of input stay cheap. */
function lazyMember({ field, type, create }: { field: ProtoField; type: string; create: string }): string[] {
	const name = memberName(field.name);
	const held = `_${field.name}`;
	return [
		`private ${held}: ${type} | null = null;`,
		...block(`get ${name}(): ${type}`, [
			`let value = this.${held};`,
			...block('if (value === null)', [`value = ${create};`, `this.${held} = value;`]),
			'return value;',
		]),
		...block(`set ${name}(value: ${type})`, [`this.${held} = value;`]),
	];
}

/** A local variable for the field, out of the way of every other name. */
function local(field: ProtoField): string {
	return `$${field.name}`;
}

function tag(field: ProtoField, { wireType }: { wireType: number }): number {
	return ((field.number << 3) | wireType) >>> 0;
}

function tagSize(field: ProtoField): number {
	return Math.ceil((35 - Math.clz32(field.number)) / 7);
}

function writeTag(value: number): string {
	const unsigned = value >>> 0;
	return unsigned < 0x80 ? `writer.byte(${unsigned})` : `writer.varint(${unsigned})`;
}

function sizeWithTag(field: ProtoField, value: ScalarBinding, name: string): string {
	return value.fixedSize === undefined
		? `${tagSize(field)} + ${value.size(name)}`
		: String(tagSize(field) + value.fixedSize);
}

function writeWithTag(field: ProtoField, value: ScalarBinding, name: string): string[] {
	return [`${writeTag(tag(field, value))};`, `${value.write(name)};`];
}
