/** Bytes -> a plain object with every default in its place (protobuf's encoding, proto3). */
import protobuf from 'protobufjs/minimal.js';
import { ContractError } from './error.ts';
import type { Field, FieldType, MessageType, ValueKind } from './schema.ts';
import { lengthDelimited, wireTypes } from './wire-types.ts';

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

type Plain = Record<string, unknown>;

/** An integer of 64 bits as protobufjs reads it (its `Long`). */
interface Halves {
	readonly low: number;
	readonly high: number;
	readonly unsigned: boolean;
}

/**
 * Where the bytes of a message within another begin and end, again and again: they may come in several parts, which
 * are one message in a row (encoding, "last one wins").
 */
type Parts = number[];

const { Reader } = protobuf;
const mostDepth = Reader.recursionLimit;

/** @throws {ContractError} `malformed-message`, also for an integer beyond 2^53 that is not read as JSON */
export function readMessage(message: MessageType, bytes: Uint8Array, form: Form): Plain {
	// Never as a Buffer: protobufjs would read it by other rules.
	const reader = new Reader(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
	try {
		return read({ message, reader, form, depth: 0 }, reader.len);
	} catch (cause) {
		if (cause instanceof ContractError) throw cause;
		const what = `${bytes.byteLength} bytes are no ${message.fullName}`;
		throw new ContractError('malformed-message', `${what}: ${(cause as Error).message}`, { cause });
	}
}

interface Reading {
	readonly message: MessageType;
	readonly reader: protobuf.Reader;
	readonly form: Form;
	/** Messages around it. */
	readonly depth: number;
}

/** From where the reader is. Leaves it at the end. */
function read(reading: Reading, end: number): Plain {
	const { message, reader, depth } = reading;
	if (depth > mostDepth) throw new Error('max depth exceeded');
	const outer = narrow(reader, end);
	const values: unknown[] = new Array(message.fields.length);
	while (reader.pos < end) {
		const tag = reader.tag();
		const field = message.byNumber.get(tag >>> 3);
		if (field === undefined || !take(reading, field, tag & 7, values))
			reader.skipType(tag & 7, depth, tag >>> 3);
	}
	const plain = plainOf(reading, values);
	widen(reader, end, outer);
	return plain;
}

/** What is read from now on ends there. Returns where that around it ends. */
function narrow(reader: protobuf.Reader, end: number): number {
	const outer = reader.len;
	if (end > outer) throw new RangeError('index out of range');
	reader.len = end;
	return outer;
}

function widen(reader: protobuf.Reader, end: number, outer: number): void {
	if (reader.pos !== end) throw new RangeError('index out of range');
	reader.len = outer;
}

/** A message in this one. */
function inner({ reader, form, depth }: Reading, message: MessageType): Reading {
	return { message, reader, form, depth: depth + 1 };
}

/** Whether it has the form that the field has; otherwise it is as one that nobody knows. */
function take(reading: Reading, field: Field, wireType: number, values: unknown[]): boolean {
	const { reader } = reading;
	if (field.shape === 'repeated') return takeItems(reading, field, wireType, values);
	if (field.shape === 'map') {
		if (wireType !== lengthDelimited) return false;
		const entries = (values[field.index] ?? new Map()) as Map<string, unknown>;
		values[field.index] = entries.set(...entry(reading, field));
		return true;
	}
	const { kind } = field.type;
	if (wireType !== wireTypes[kind]) return false;
	if (field.oneof !== undefined) makeWay(reading, field, values);
	if (kind !== 'message') values[field.index] = rawOf(kind, reader);
	else values[field.index] = takePart(reader, values[field.index]);
	return true;
}

function takeItems(reading: Reading, field: Field, wireType: number, values: unknown[]): boolean {
	const { reader } = reading;
	const { type } = field;
	const isPacked = wireType === lengthDelimited && wireTypes[type.kind] !== lengthDelimited;
	if (!isPacked && wireType !== wireTypes[type.kind]) return false;
	const items = (values[field.index] ?? []) as unknown[];
	values[field.index] = items;
	if (type.kind === 'message') {
		const end = reader.size() + reader.pos;
		items.push(read(inner(reading, type.message), end));
	} else if (isPacked) {
		const end = reader.size() + reader.pos;
		const outer = narrow(reader, end);
		while (reader.pos < end) items.push(rawOf(type.kind, reader));
		widen(reader, end, outer);
	} else items.push(rawOf(type.kind, reader));
	return true;
}

/** Of the members of a oneof the last one counts; what it takes the place of has to be whole all the same. */
function makeWay(reading: Reading, field: Field, values: unknown[]): void {
	for (const other of field.oneof?.members ?? []) {
		const value = values[other.index];
		if (other === field || value === undefined) continue;
		if (other.type.kind === 'message') joined({ ...reading, form: { asJson: true } }, other, value as Parts);
		values[other.index] = undefined;
	}
}

function takePart(reader: protobuf.Reader, before: unknown): Parts {
	const parts = (before ?? []) as Parts;
	const end = reader.size() + reader.pos;
	parts.push(reader.pos, end);
	reader.skip(end - reader.pos);
	return parts;
}

/** A field of a map is a message of its own: the key is 1, the value 2. */
function entry(reading: Reading, field: Field): [string, unknown] {
	const { reader, depth } = reading;
	const { kind } = field.type;
	let key = defaultOf(field.key);
	let value = defaultOf(kind);
	const end = reader.size() + reader.pos;
	const outer = narrow(reader, end);
	let parts: Parts = [];
	while (reader.pos < end) {
		const tag = reader.tag();
		const wireType = tag & 7;
		const number = tag >>> 3;
		if (number === 1 && wireType === wireTypes[field.key]) key = rawOf(field.key, reader);
		else if (number === 2 && wireType === wireTypes[kind]) {
			if (kind === 'message') parts = takePart(reader, parts);
			else value = rawOf(kind, reader);
		} else reader.skipType(wireType, depth, number);
	}
	if (kind === 'message') value = joined(reading, field, parts);
	widen(reader, end, outer);
	return [String(key), value];
}

/** Reads what was passed over. Leaves the reader where it was. */
function joined(reading: Reading, { type }: Field, parts: Parts): Plain | undefined {
	if (type.kind !== 'message') return undefined;
	const { reader } = reading;
	if (parts.length !== 2) {
		const all = new Reader(concatenated(reader.buf as Uint8Array, parts));
		return read({ ...inner(reading, type.message), reader: all }, all.len);
	}
	const [start = 0, end = 0] = parts;
	const { pos } = reader;
	reader.pos = start;
	const plain = read(inner(reading, type.message), end);
	reader.pos = pos;
	return plain;
}

function concatenated(bytes: Uint8Array, parts: Parts): Uint8Array {
	const pieces: Uint8Array[] = [];
	for (let at = 0; at < parts.length; at += 2) pieces.push(bytes.subarray(parts[at], parts[at + 1]));
	const all = Buffer.concat(pieces);
	return new Uint8Array(all.buffer, all.byteOffset, all.byteLength);
}

function plainOf(reading: Reading, values: readonly unknown[]): Plain {
	const { message, form } = reading;
	const plain: Plain = {};
	for (const field of message.fields) {
		const { name, shape, hasPresence, type } = field;
		const value = values[field.index];
		if (shape === 'map') plain[name] = mapOf(field, (value ?? []) as Map<string, unknown>, form);
		else if (shape === 'repeated')
			plain[name] = ((value ?? []) as unknown[]).map((each) => formed(field, each, form));
		else if (type.kind === 'message') {
			if (value !== undefined) plain[name] = joined(reading, field, value as Parts);
		} else if (value !== undefined || !hasPresence)
			plain[name] = formed(field, value ?? defaultOf(type.kind), form);
	}
	if (form.asJson) return plain;
	for (const { name, members } of message.oneofs.values()) {
		const member = members.find(({ index }) => values[index] !== undefined);
		if (member !== undefined) plain[name] = member.name;
	}
	return plain;
}

function mapOf(field: Field, entries: Iterable<[string, unknown]>, form: Form): Plain {
	// Own properties whatever the key, `__proto__` included.
	return Object.fromEntries(Array.from(entries, ([key, value]) => [key, formed(field, value, form)]));
}

function defaultOf(kind: FieldType['kind']): unknown {
	if (kind === 'string') return '';
	if (kind === 'bytes') return new Uint8Array();
	return kind === 'bool' ? false : 0;
}

/** As protobufjs reads it: bytes where they are, integers of 64 bits in halves. */
function rawOf(kind: ValueKind, reader: protobuf.Reader): unknown {
	if (kind === 'string') return reader.stringVerify();
	return kind === 'enum' ? reader.int32() : reader[kind]();
}

/** As it was asked for. A message is already. */
function formed({ type, fullName }: Field, value: unknown, form: Form): unknown {
	switch (type.kind) {
		case 'enum':
			return form.asJson ? (type.values.byNumber.get(value as number) ?? value) : value;
		case 'bytes': {
			const bytes = value as Uint8Array;
			if (form.asJson) return bytes.toBase64();
			return form.isView ? bytes : bytes.slice();
		}
		case 'float':
		case 'double':
			return form.asJson && !Number.isFinite(value) ? String(value) : value;
		case 'int64':
		case 'uint64':
		case 'sint64':
		case 'fixed64':
		case 'sfixed64':
			return integer(fullName, value as number | Halves, form);
		default:
			return value;
	}
}

function integer(fullName: string, value: number | Halves, { asJson }: Form): number | string {
	const exact = typeof value === 'number' ? value : number(value);
	if (Number.isSafeInteger(exact)) return exact;
	if (asJson) return String(value);
	const what = `${fullName} is ${String(value)}`;
	throw new ContractError('malformed-message', `${what}, more than a JavaScript number holds exactly`);
}

/** Its own way there leads through text, which takes a hundred times as long. Rounded beyond 2^53. */
function number({ low, high, unsigned }: Halves): number {
	return (unsigned ? high >>> 0 : high) * 2 ** 32 + (low >>> 0);
}
