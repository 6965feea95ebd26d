/** A decoded protobufjs message -> a plain object with every default in its place. */
import protobuf from 'protobufjs/light.js';
import { ContractError } from './error.ts';

export type JsonValue = string | number | boolean | JsonValue[] | JsonObject;
export interface JsonObject {
	[name: string]: JsonValue;
}

export interface Form {
	/** Enums by name, bytes as base64, what no JSON number can say as text. */
	readonly asJson: boolean;
	/** Bytes are where they were read, not copies. */
	readonly isView?: boolean;
}

/** An integer of 64 bits as protobufjs reads it (its `Long`). */
interface Halves {
	readonly low: number;
	readonly high: number;
	readonly unsigned: boolean;
}

type Plain = Record<string, unknown>;
/** What a field and a map field have in common. */
type FieldKind = Pick<protobuf.FieldBase, 'fullName' | 'type' | 'resolvedType'>;

/** @throws {ContractError} `malformed-message` for an integer beyond 2^53 */
export function fromMessage(type: protobuf.Type, message: object, form: Form = { asJson: false }): Plain {
	const plain: Plain = {};
	for (const field of type.fieldsArray) {
		const value = fieldValue(field, message as Plain, form);
		if (value !== undefined) plain[field.name] = value;
	}
	if (form.asJson) return plain;
	for (const oneof of type.oneofsArray) {
		if (oneof.isProto3Optional) continue;
		const member = oneof.oneof.find((name) => Object.hasOwn(message, name));
		if (member !== undefined) plain[oneof.name] = member;
	}
	return plain;
}

function fieldValue(field: protobuf.Field, message: Plain, form: Form): unknown {
	const value = Object.hasOwn(message, field.name) ? message[field.name] : undefined;
	if (field.map) return fromMap(asMap(field), (value ?? {}) as Plain, form);
	if (field.repeated) return ((value ?? []) as unknown[]).map((item) => single(field, item, form));
	if (value !== undefined && value !== null) return single(field, value, form);
	const hasDefault = !field.hasPresence && !(field.resolvedType instanceof protobuf.Type);
	return hasDefault ? single(field, defaultOf(field), form) : undefined;
}

function defaultOf(field: protobuf.Field): unknown {
	if (field.type === 'string') return '';
	if (field.type === 'bytes') return new Uint8Array();
	return field.type === 'bool' ? false : 0;
}

/** The declarations of protobufjs say that a map field is no field. */
function asMap(field: protobuf.FieldBase): protobuf.MapField {
	return field as protobuf.MapField;
}

function fromMap(field: protobuf.MapField, entries: Plain, form: Form): Plain {
	const isUnsigned = field.keyType === 'uint64' || field.keyType === 'fixed64';
	const isLong = field.keyType.endsWith('64');
	// protobufjs holds a key of 64 bits as eight characters.
	const keyOf = (key: string) => (isLong ? String(protobuf.util.longFromKey(key, isUnsigned)) : key);
	// Own properties whatever the key, `__proto__` included.
	return Object.fromEntries(
		Object.entries(entries).map(([key, value]) => [keyOf(key), single(field, value, form)]),
	);
}

function single(field: FieldKind, value: unknown, form: Form): unknown {
	const { resolvedType } = field;
	if (resolvedType instanceof protobuf.Type) return fromMessage(resolvedType, value as object, form);
	if (resolvedType instanceof protobuf.Enum) {
		return form.asJson ? (resolvedType.valuesById[value as number] ?? value) : value;
	}
	if (field.type === 'bytes') {
		const bytes = value as Uint8Array;
		if (form.asJson) return base64(bytes);
		return form.isView ? bytes : new Uint8Array(bytes);
	}
	if (field.type.endsWith('64')) return integer(field.fullName, value as number | Halves, form);
	if (form.asJson && typeof value === 'number' && !Number.isFinite(value)) return String(value);
	return value;
}

function integer(fullName: string, value: number | Halves, { asJson }: Form): number | string {
	const exact = typeof value === 'number' ? value : joined(value);
	if (Number.isSafeInteger(exact)) return exact;
	if (asJson) return String(value);
	const what = `${fullName.slice(1)} is ${String(value)}`;
	throw new ContractError('malformed-message', `${what}, more than a JavaScript number holds exactly`);
}

/** Its own way there leads through text, which takes a hundred times as long. Rounded beyond 2^53. */
function joined({ low, high, unsigned }: Halves): number {
	return (unsigned ? high >>> 0 : high) * 2 ** 32 + (low >>> 0);
}

function base64(bytes: Uint8Array): string {
	return protobuf.util.base64.encode(bytes, 0, bytes.length);
}
