/** A plain object, by a program or by hand -> bytes, with every value checked (protobuf's encoding, proto3). */
import protobuf from 'protobufjs/minimal.js';
import { ContractError } from './error.ts';
import type { Field, FieldType, MessageType, Oneof, Scalar, ValueKind } from './schema.ts';
import { lengthDelimited, wireTypes } from './wire-types.ts';

// As deep as any decoder follows.
const mostDepth = 100;

type Plain = Record<string, unknown>;

/** @throws {ContractError} `unfit-value`, with the path of the value and what it should have been */
export function writeMessage(message: MessageType, value: unknown): Uint8Array {
	const writer = protobuf.Writer.create();
	write(writer, message, { value, path: message.name, depth: 0 });
	const written = writer.finish();
	return new Uint8Array(written.buffer, written.byteOffset, written.byteLength);
}

interface Given {
	readonly value: unknown;
	/** Where it is, for people. */
	readonly path: string;
	/** Messages around it. */
	readonly depth: number;
}

function write(writer: protobuf.Writer, message: MessageType, { value, path, depth }: Given): void {
	if (depth > mostDepth) throw unfit(path, `is nested more than ${mostDepth} messages deep`);
	const plain = objectAt(path, value);
	const present: Field[] = [];
	for (const name of Object.keys(plain)) {
		if (isNothing(plain[name])) continue;
		const field = message.byName.get(name);
		if (field !== undefined) present.push(field);
		else if (!message.oneofs.has(name)) {
			const names = message.fields.map((each) => each.name).join(', ') || 'none';
			throw unfit(`${path}.${name}`, `does not exist; there are: ${names}`);
		}
	}
	for (const oneof of message.oneofs.values()) checkOneof(oneof, present, plain, path);
	for (const field of present.sort(byNumber))
		writeField(writer, field, { value: plain[field.name], path: `${path}.${field.name}`, depth });
}

const byNumber = (a: Field, b: Field): number => a.number - b.number;

function checkOneof(oneof: Oneof, present: readonly Field[], plain: Plain, path: string): void {
	const [set, ...others] = present.filter((field) => field.oneof === oneof);
	if (others.length > 0)
		throw unfit(path, `has more than one of: ${[set, ...others].map((member) => member?.name).join(', ')}`);
	// Its own name may say which member is set, as `decode` does.
	const named = Object.hasOwn(plain, oneof.name) ? plain[oneof.name] : undefined;
	if (!isNothing(named) && named !== set?.name)
		throw unfit(`${path}.${oneof.name}`, `says ${String(named)}, but ${set?.name ?? 'nothing'} is set`);
}

function writeField(writer: protobuf.Writer, field: Field, { value, path, depth }: Given): void {
	if (field.shape === 'map') {
		for (const [key, item] of Object.entries(objectAt(path, value))) {
			const at = `${path}[${JSON.stringify(key)}]`;
			writer.uint32(tagOf(field.number, lengthDelimited)).fork();
			writeScalar(writer.uint32(tagOf(1, wireTypes[field.key])), field.key, keyFrom(field.key, key, at));
			writeSingle(writer, field, 2, { value: item, path: at, depth });
			writer.ldelim();
		}
	} else if (field.shape === 'repeated') {
		if (!Array.isArray(value)) throw unfit(path, 'must be an array');
		const items = value.map((item, index) => ({ value: item as unknown, path: `${path}[${index}]`, depth }));
		if (items.length === 0) return;
		const { type } = field;
		if (type.kind === 'message' || !field.isPacked || wireTypes[type.kind] === lengthDelimited) {
			for (const item of items) writeSingle(writer, field, field.number, item);
			return;
		}
		writer.uint32(tagOf(field.number, lengthDelimited)).fork();
		for (const item of items) writeScalar(writer, type.kind, fitting(type, item));
		writer.ldelim();
	} else writeSingle(writer, field, field.number, { value, path, depth }, !field.hasPresence);
}

/** @param isDefaultLeftOut what is nothing to who reads it is not written */
function writeSingle(
	writer: protobuf.Writer,
	field: Field,
	number: number,
	given: Given,
	isDefaultLeftOut = false,
): void {
	const { type } = field;
	const tag = tagOf(number, wireTypes[type.kind]);
	if (type.kind === 'message') {
		writer.uint32(tag).fork();
		write(writer, type.message, { ...given, depth: given.depth + 1 });
		writer.ldelim();
		return;
	}
	const value = fitting(type, given);
	if (isDefaultLeftOut && isDefault(value)) return;
	writeScalar(writer.uint32(tag), type.kind, value);
}

type Scalars = string | number | boolean | Uint8Array;

/** What protobufjs writes for it: an integer that no number holds exactly is text. */
function fitting(type: Exclude<FieldType, { kind: 'message' }>, { value, path }: Given): Scalars {
	switch (type.kind) {
		case 'enum':
			return enumFrom(type.values.byName, value, path);
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
			return integerFrom(type.kind, value, path);
	}
}

function writeScalar(writer: protobuf.Writer, kind: ValueKind, value: Scalars): void {
	if (kind === 'enum') writer.int32(value as number);
	else (writer[kind] as (value: Scalars) => protobuf.Writer)(value);
}

/** A zero below zero is one that is told from it. */
function isDefault(value: Scalars): boolean {
	return value instanceof Uint8Array
		? value.length === 0
		: value === '' || value === false || Object.is(value, 0);
}

function tagOf(number: number, wireType: number): number {
	return ((number << 3) | wireType) >>> 0;
}

function enumFrom(byName: ReadonlyMap<string, number>, value: unknown, path: string): number {
	const named = typeof value === 'string' ? byName.get(value) : undefined;
	if (named !== undefined) return named;
	if (typeof value === 'number' && (value | 0) === value) return value;
	throw unfit(path, `must be one of: ${[...byName.keys()].join(', ')}`);
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
function integerFrom(type: Scalar, value: unknown, path: string): number | string {
	const isLong = type.endsWith('64');
	const isUnsigned = type.startsWith('u') || type.startsWith('fixed');
	// Most are.
	const small = isUnsigned ? Number(value) >>> 0 : Number(value) | 0;
	if (value === small) return small;
	const bits = isLong ? 64n : 32n;
	const lowest = isUnsigned ? 0n : -(1n << (bits - 1n));
	const highest = (1n << (isUnsigned ? bits : bits - 1n)) - 1n;
	const exact = isLong ? wideInteger(value) : Number.isInteger(value) ? BigInt(value as number) : undefined;
	if (exact === undefined || exact < lowest || exact > highest)
		throw unfit(path, `must be an integer from ${lowest} to ${highest}`);
	const number = Number(exact);
	return Number.isSafeInteger(number) ? number : String(exact);
}

function wideInteger(value: unknown): bigint | undefined {
	if (typeof value === 'bigint') return value;
	if (typeof value === 'string' && /^-?[0-9]{1,20}$/.test(value)) return BigInt(value);
	return Number.isSafeInteger(value) ? BigInt(value as number) : undefined;
}

function keyFrom(type: Scalar, key: string, path: string): Scalars {
	if (type === 'string') return key.toWellFormed();
	if (type === 'bool') {
		if (key === 'true' || key === 'false') return key === 'true';
		throw unfit(path, 'must have true or false as its key');
	}
	return integerFrom(type, type.endsWith('64') ? key : Number(key), path);
}

function isNothing(value: unknown): boolean {
	return value === undefined || value === null;
}

function objectAt(path: string, value: unknown): Plain {
	const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
	if (!isObject || value instanceof Uint8Array) throw unfit(path, 'must be an object');
	return value as Plain;
}

function unfit(path: string, what: string, options?: ErrorOptions): ContractError {
	return new ContractError('unfit-value', `${path} ${what}`, options);
}
