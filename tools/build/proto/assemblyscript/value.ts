/** One value of a field, scalar or sub-message, with its tag in front. */
import type { ProtoField, ProtoType } from '../model.ts';
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

/** A local variable for the field, out of the way of every other name. */
export function local(field: ProtoField): string {
	return `$${field.name}`;
}

export function tag(field: ProtoField, { wireType }: { wireType: number }): number {
	return ((field.number << 3) | wireType) >>> 0;
}

export function tagSize(field: ProtoField): number {
	return Math.ceil((35 - Math.clz32(field.number)) / 7);
}

export function writeTag(value: number): string {
	const unsigned = value >>> 0;
	return unsigned < 0x80 ? `writer.byte(${unsigned})` : `writer.varint(${unsigned})`;
}

export function sizeWithTag(field: ProtoField, value: ScalarBinding, name: string): string {
	return value.fixedSize === undefined
		? `${tagSize(field)} + ${value.size(name)}`
		: String(tagSize(field) + value.fixedSize);
}

export function writeWithTag(field: ProtoField, value: ScalarBinding, name: string): string[] {
	return [`${writeTag(tag(field, value))};`, `${value.write(name)};`];
}
