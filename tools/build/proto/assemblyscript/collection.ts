/** Repeated fields and maps. */
import type { ProtoField } from '../model.ts';
import { block } from '../text.ts';
import { memberName } from './name.ts';
import { scalars } from './scalar.ts';
import {
	type FieldCode,
	local,
	sizeWithTag,
	tag,
	tagSize,
	type Value,
	writeTag,
	writeWithTag,
} from './value.ts';

export function repeated(field: ProtoField, value: Value): FieldCode {
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

export function map(field: ProtoField, value: Value): FieldCode {
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
