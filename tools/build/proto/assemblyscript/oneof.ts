/** Members of a oneof: setting one sets the case, and only the one of the case is there. */
import type { ProtoField } from '../model.ts';
import { block } from '../text.ts';
import { mergeCase } from './merge.ts';
import { caseName, memberName } from './name.ts';
import { type FieldCode, type FieldContext, sizeWithTag, tag, type Value, writeWithTag } from './value.ts';

export function oneofScalar(field: ProtoField, value: Value, context: FieldContext): FieldCode {
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

export function oneofMessage(field: ProtoField, value: Value, context: FieldContext): FieldCode {
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
