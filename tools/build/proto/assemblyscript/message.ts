/** One message as an AssemblyScript class, with the enums of its oneofs; one enum as an enum. */
import { ProtoError } from '../error.ts';
import type { ProtoEnum, ProtoMessage } from '../model.ts';
import { block, documentation } from '../text.ts';
import { fieldCode } from './field.ts';
import { caseName, memberName, pascalCase } from './name.ts';
import { type FieldContext, wireValueOf } from './value.ts';

export function messageClass(message: ProtoMessage, nameOf: (fullName: string) => string): string[] {
	const name = nameOf(message.fullName);
	const context: FieldContext = { nameOf, caseEnumOf: (oneof) => `${name}_${pascalCase(oneof)}Case` };
	const fields = message.fields.map((field) => ({ field, code: fieldCode(field, context) }));
	const members = fields.flatMap(({ field, code }) => [...documentation(field.comment), ...code.members]);
	const cases = message.oneofs.flatMap((oneof) => [
		`/** Which member of \`${oneof}\` is set; setting a member sets it. */`,
		`${oneof}Case: ${context.caseEnumOf(oneof)} = ${context.caseEnumOf(oneof)}.None;`,
	]);
	if (message.keepsUnknown) members.push('private _unknown: Array<Uint8Array> | null = null;');
	refuseClashes(message, [...cases, ...members]);

	return [
		...message.oneofs.flatMap((oneof) => oneofEnum(message, oneof, context)),
		...documentation(message.comment),
		...block(`export class ${name}`, [
			...cases,
			...members,
			'_cachedSize: i32 = 0;',
			'',
			...factory(message, name, context),
			`/** The message that \`bytes\` are, or null when they are malformed. */`,
			...block(`static decode(bytes: Uint8Array): ${name} | null`, [
				'const reader = new Reader(bytes);',
				`const message = new ${name}();`,
				'message._read(reader);',
				'return reader.failed ? null : message;',
			]),
			'',
			...block('encode(): Uint8Array', [
				'const writer = new Writer(this._size());',
				'this._write(writer);',
				'return writer.finish();',
			]),
			'',
			...readMethod(
				message,
				fields.flatMap(({ code }) => code.cases),
			),
			'',
			...block('_size(): i32', [
				'let size = 0;',
				...fields.flatMap(({ code }) => code.size),
				...unknownPart(message, ['size += unknownSize(unknown);']),
				'this._cachedSize = size;',
				'return size;',
			]),
			'',
			...block('_write(writer: Writer): void', [
				...fields.flatMap(({ code }) => code.write),
				...unknownPart(message, ['writer.unknown(unknown);']),
			]),
		]),
	];
}

export function enumDeclaration(type: ProtoEnum, name: string): string[] {
	return [
		...documentation(type.comment),
		...block(
			`export enum ${name}`,
			type.values.flatMap((value) => [
				...documentation(value.comment),
				`${memberName(value.name)} = ${value.number},`,
			]),
		),
	];
}

function oneofEnum(message: ProtoMessage, oneof: string, context: FieldContext): string[] {
	const members = message.fields.filter((field) => field.oneof === oneof);
	return [
		...block(`export enum ${context.caseEnumOf(oneof)}`, [
			'None = 0,',
			...members.map((field) => `${caseName(field)} = ${field.number},`),
		]),
		'',
	];
}

/** `of`: the fields without presence in number order, so that a field added later changes no caller. */
function factory(message: ProtoMessage, name: string, context: FieldContext): string[] {
	const fields = message.fields.filter(({ shape, type }) => shape === 'plain' && type.kind !== 'message');
	if (fields.length === 0) return [];
	const parameters = fields.map((field) => {
		const { type, unset } = wireValueOf(field.type, context);
		return `${memberName(field.name)}: ${type} = ${unset}`;
	});
	return [
		...block(`static of(${parameters.join(', ')}): ${name}`, [
			`const $message = new ${name}();`,
			...fields.map((field) => `$message.${memberName(field.name)} = ${memberName(field.name)};`),
			'return $message;',
		]),
		'',
	];
}

function readMethod(message: ProtoMessage, cases: string[]): string[] {
	const others = message.keepsUnknown
		? [
				'let unknown = this._unknown;',
				...block('if (unknown === null)', ['unknown = [];', 'this._unknown = unknown;']),
				'reader.keep(unknown);',
			]
		: ['reader.skip();'];
	const body =
		cases.length === 0 ? others : block('switch (reader.tag)', [...cases, ...block('default:', others)]);
	return block('_read(reader: Reader): void', block('while (reader.next())', body));
}

function unknownPart(message: ProtoMessage, lines: string[]): string[] {
	if (!message.keepsUnknown) return [];
	return ['const unknown = this._unknown;', ...block('if (unknown !== null)', lines)];
}

/** Two fields can want the same member: `has_x` beside `optional x`, `a_case` beside a oneof `a`. */
function refuseClashes(message: ProtoMessage, lines: string[]): void {
	const seen = new Set(['_cachedSize', '_size', '_write', '_read', 'encode']);
	for (const line of lines) {
		const member = /^(?:private |get )?([\w$]+)(?:\(\))?: /.exec(line)?.[1];
		if (member === undefined) continue;
		if (seen.has(member)) {
			const what = `${message.fullName} would have two members named \`${member}\` in AssemblyScript`;
			throw new ProtoError('proto-unsupported', `${what}; rename one of the fields`);
		}
		seen.add(member);
	}
}
