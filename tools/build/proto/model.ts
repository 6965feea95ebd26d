/** What the generators see of .proto files: files of messages and enums with flat names. */
import protobuf from 'protobufjs';
import { ProtoError } from './error.ts';
import { keepUnknownMark, type ProtoSource, typesIn } from './source.ts';

export type Scalar =
	| 'double'
	| 'float'
	| 'int32'
	| 'uint32'
	| 'sint32'
	| 'fixed32'
	| 'sfixed32'
	| 'int64'
	| 'uint64'
	| 'sint64'
	| 'fixed64'
	| 'sfixed64'
	| 'bool'
	| 'string'
	| 'bytes';

export type ProtoType =
	| { readonly kind: 'scalar'; readonly scalar: Scalar }
	| { readonly kind: 'enum' | 'message'; readonly fullName: string };

export interface ProtoField {
	/** camelCase. */
	readonly name: string;
	readonly number: number;
	readonly type: ProtoType;
	/** `plain` has no presence of its own; a message that is not in a oneof is always `plain`. */
	readonly shape: 'plain' | 'optional' | 'oneof' | 'repeated' | 'map';
	readonly isPacked: boolean;
	/** Of a map. */
	readonly key: Scalar | undefined;
	/** Name of the oneof that it is a member of. */
	readonly oneof: string | undefined;
	readonly comment: string;
}

export interface ProtoMessage {
	readonly fullName: string;
	/** `Outer_Inner` for a message within a message. */
	readonly name: string;
	readonly file: string;
	readonly comment: string;
	/** In number order, the order of the wire. */
	readonly fields: readonly ProtoField[];
	readonly oneofs: readonly string[];
	readonly keepsUnknown: boolean;
}

export interface ProtoEnum {
	readonly fullName: string;
	readonly name: string;
	readonly file: string;
	readonly comment: string;
	readonly values: readonly { readonly name: string; readonly number: number; readonly comment: string }[];
}

export interface ProtoModel {
	readonly messages: ReadonlyMap<string, ProtoMessage>;
	readonly enums: ReadonlyMap<string, ProtoEnum>;
	readonly files: readonly string[];
}

export function modelOf(source: ProtoSource): ProtoModel {
	const messages = new Map<string, ProtoMessage>();
	const enums = new Map<string, ProtoEnum>();
	for (const object of typesIn(source.root)) {
		if (object instanceof protobuf.Enum) enums.set(fullNameOf(object), enumOf(object));
		else messages.set(fullNameOf(object), messageOf(object, source));
	}
	return { messages, enums, files: source.paths };
}

/** `package.Outer.Inner`, without the leading dot. */
export function fullNameOf(object: protobuf.ReflectionObject): string {
	return object.fullName.replace(/^\./, '');
}

function messageOf(type: protobuf.Type, source: ProtoSource): ProtoMessage {
	const file = type.filename ?? '';
	const comment = type.comment ?? '';
	return {
		fullName: fullNameOf(type),
		name: flatName(type),
		file,
		comment: comment.replace(keepUnknownMark, '').trim(),
		fields: type.fieldsArray.map(fieldOf).sort((a, b) => a.number - b.number),
		oneofs: type.oneofsArray.filter((oneof) => !oneof.isProto3Optional).map((oneof) => oneof.name),
		keepsUnknown: comment.includes(keepUnknownMark) || source.keepingUnknown.has(file),
	};
}

function fieldOf(field: protobuf.Field): ProtoField {
	if (field.delimited) {
		throw new ProtoError('proto-unsupported', `${fullNameOf(field)} is a group; make it a message`);
	}
	const oneof = field.partOf !== null && !field.partOf.isProto3Optional ? field.partOf.name : undefined;
	const type = typeOf(field);
	const isOptional = field.partOf?.isProto3Optional === true && type.kind !== 'message';
	return {
		name: field.name,
		number: field.id,
		type,
		shape: field.map
			? 'map'
			: field.repeated
				? 'repeated'
				: oneof !== undefined
					? 'oneof'
					: isOptional
						? 'optional'
						: 'plain',
		isPacked: field.repeated && field.packed,
		key: field instanceof protobuf.MapField ? (field.keyType as Scalar) : undefined,
		oneof,
		comment: field.comment ?? '',
	};
}

function typeOf(field: protobuf.Field): ProtoType {
	const { resolvedType } = field;
	if (resolvedType === null) return { kind: 'scalar', scalar: field.type as Scalar };
	return {
		kind: resolvedType instanceof protobuf.Enum ? 'enum' : 'message',
		fullName: fullNameOf(resolvedType),
	};
}

function enumOf(type: protobuf.Enum): ProtoEnum {
	return {
		fullName: fullNameOf(type),
		name: flatName(type),
		file: type.filename ?? '',
		comment: type.comment ?? '',
		values: Object.entries(type.values).map(([name, number]) => ({
			name,
			number,
			comment: type.comments[name] ?? '',
		})),
	};
}

function flatName(object: protobuf.ReflectionObject): string {
	return object.parent instanceof protobuf.Type ? `${flatName(object.parent)}_${object.name}` : object.name;
}
