/** A plain object, by a program or by hand -> a protobufjs message, with every value checked. */
import protobuf from 'protobufjs/light.js';
import { ContractError } from './error.ts';

// As deep as any decoder follows.
const maxDepth = 100;

type Plain = Record<string, unknown>;

/** @throws {ContractError} `unfit-value`, with the path of the value and what it should have been */
export function toMessage(
	type: protobuf.Type,
	value: unknown,
	path = type.name,
	depth = 0,
): protobuf.Message {
	if (depth > maxDepth) throw unfit(path, `is nested more than ${maxDepth} messages deep`);
	const plain = objectAt(path, value);
	const message = type.create() as protobuf.Message & Plain;
	for (const [name, given] of Object.entries(plain)) {
		if (given === undefined || given === null) continue;
		const field = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
		const at = `${path}.${name}`;
		if (field !== undefined) message[name] = fieldFrom({ field, value: given, path: at, depth });
		else if (!isOneof(type, name)) throw unfit(at, `does not exist; there are: ${namesOf(type)}`);
	}
	for (const oneof of type.oneofsArray) checkOneof({ oneof, plain, message, path });
	return message;
}

interface Place {
	readonly field: protobuf.Field;
	readonly value: unknown;
	readonly path: string;
	readonly depth: number;
}

function fieldFrom({ field, value, path, depth }: Place): unknown {
	if (field instanceof protobuf.MapField) {
		const entries = Object.entries(objectAt(path, value)).map(([key, item]) => {
			const at = `${path}[${JSON.stringify(key)}]`;
			return [keyFrom(field.keyType, key, at), single({ field, value: item, path: at, depth })] as const;
		});
		return Object.fromEntries(entries);
	}
	if (!field.repeated) return single({ field, value, path, depth });
	if (!Array.isArray(value)) throw unfit(path, 'must be an array');
	return value.map((item, index) => single({ field, value: item, path: `${path}[${index}]`, depth }));
}

function single({ field, value, path, depth }: Place): unknown {
	const { resolvedType } = field;
	if (resolvedType instanceof protobuf.Type) return toMessage(resolvedType, value, path, depth + 1);
	if (resolvedType instanceof protobuf.Enum) return enumFrom(resolvedType, value, path);
	switch (field.type) {
		case 'string':
			// Half of a surrogate pair has no UTF-8; every decoder would refuse the message.
			if (typeof value === 'string') return value.toWellFormed();
			throw unfit(path, 'must be a string');
		case 'bytes':
			return bytesFrom(value, path);
		case 'bool':
			if (typeof value === 'boolean') return value;
			throw unfit(path, 'must be true or false');
		case 'float':
		case 'double':
			return floatFrom(value, path);
		default:
			return integerFrom(field.type, value, path);
	}
}

function enumFrom(type: protobuf.Enum, value: unknown, path: string): number {
	if (typeof value === 'string' && Object.hasOwn(type.values, value)) return type.values[value] ?? 0;
	if (typeof value === 'number' && (value | 0) === value) return value;
	throw unfit(path, `must be one of: ${Object.keys(type.values).join(', ')}`);
}

function bytesFrom(value: unknown, path: string): Uint8Array {
	if (value instanceof Uint8Array) return value;
	if (typeof value !== 'string') throw unfit(path, 'must be bytes, or base64');
	try {
		return Uint8Array.fromBase64(value);
	} catch (cause) {
		throw unfit(path, 'is not base64', { cause });
	}
}

function floatFrom(value: unknown, path: string): number {
	if (typeof value === 'number') return value;
	if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
	throw unfit(path, 'must be a number');
}

/** An integer that its type holds; one of 64 bits may also be a bigint or decimal text. */
function integerFrom(type: string, value: unknown, path: string): unknown {
	const isLong = type.endsWith('64');
	const isUnsigned = type.startsWith('u') || type.startsWith('fixed');
	const bits = isLong ? 64n : 32n;
	const lowest = isUnsigned ? 0n : -(1n << (bits - 1n));
	const highest = (1n << (isUnsigned ? bits : bits - 1n)) - 1n;
	const exact = isLong ? wideInteger(value) : Number.isInteger(value) ? BigInt(value as number) : undefined;
	if (exact === undefined || exact < lowest || exact > highest) {
		throw unfit(path, `must be an integer from ${lowest} to ${highest}`);
	}
	// protobufjs takes text where a number is not exact.
	const number = Number(exact);
	return Number.isSafeInteger(number) ? number : String(exact);
}

function wideInteger(value: unknown): bigint | undefined {
	if (typeof value === 'bigint') return value;
	if (typeof value === 'string' && /^-?[0-9]{1,20}$/.test(value)) return BigInt(value);
	return Number.isSafeInteger(value) ? BigInt(value as number) : undefined;
}

function keyFrom(type: string, key: string, path: string): string {
	if (type === 'string') return key.toWellFormed();
	if (type === 'bool') {
		if (key === 'true' || key === 'false') return key;
		throw unfit(path, 'must have true or false as its key');
	}
	return String(integerFrom(type, type.endsWith('64') ? key : Number(key), path));
}

/** Its own name may say which member is set, as `decode` does. */
function isOneof(type: protobuf.Type, name: string): boolean {
	return type.oneofs !== undefined && Object.hasOwn(type.oneofs, name);
}

function checkOneof({
	oneof,
	plain,
	message,
	path,
}: {
	oneof: protobuf.OneOf;
	plain: Plain;
	message: protobuf.Message;
	path: string;
}): void {
	if (oneof.isProto3Optional) return;
	const set = oneof.oneof.filter((name) => Object.hasOwn(message, name));
	if (set.length > 1) throw unfit(path, `has more than one of: ${set.join(', ')}`);
	const named = plain[oneof.name];
	if (named !== undefined && named !== null && named !== set[0]) {
		throw unfit(`${path}.${oneof.name}`, `says ${String(named)}, but ${set[0] ?? 'nothing'} is set`);
	}
}

function objectAt(path: string, value: unknown): Plain {
	const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
	if (!isObject || value instanceof Uint8Array) throw unfit(path, 'must be an object');
	return value as Plain;
}

function namesOf(type: protobuf.Type): string {
	return type.fieldsArray.map(({ name }) => name).join(', ') || 'none';
}

function unfit(path: string, what: string, options?: ErrorOptions): ContractError {
	return new ContractError('unfit-value', `${path} ${what}`, options);
}
