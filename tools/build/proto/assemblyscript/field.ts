/** What one field of a message becomes in its AssemblyScript class. */
import type { ProtoField } from '../model.ts';
import { block } from '../text.ts';
import { map, repeated } from './collection.ts';
import { mergeCase } from './merge.ts';
import { memberName, pascalCase } from './name.ts';
import { oneofMessage, oneofScalar } from './oneof.ts';
import {
	type FieldCode,
	type FieldContext,
	local,
	sizeWithTag,
	tag,
	type Value,
	wireValueOf,
	writeWithTag,
} from './value.ts';

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
