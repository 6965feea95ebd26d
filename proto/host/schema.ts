/**
 * The messages of a protobuf descriptor (protobufjs's `Root.toJSON()`, of proto3), found as they are asked for.
 *
 * A box meets few of the messages that its schemas have, and each of those soon after it was started: nothing is
 * built, or written as code, for the others.
 */
import { ContractError } from './error.ts';

const scalarTypes = [
	'double',
	'float',
	'int32',
	'uint32',
	'sint32',
	'fixed32',
	'sfixed32',
	'int64',
	'uint64',
	'sint64',
	'fixed64',
	'sfixed64',
	'bool',
	'string',
	'bytes',
] as const;
export type Scalar = (typeof scalarTypes)[number];

/** What a field holds that is no message. */
export type ValueKind = Scalar | 'enum';

export type FieldType =
	| { readonly kind: Scalar }
	| { readonly kind: 'enum'; readonly values: Values }
	| { readonly kind: 'message'; readonly message: MessageType };

interface Values {
	readonly byName: ReadonlyMap<string, number>;
	readonly byNumber: ReadonlyMap<number, string>;
}

export interface Field {
	readonly name: string;
	/** `package.Message.field`. */
	readonly fullName: string;
	readonly number: number;
	/** Its place among the fields of its message, as they were declared. */
	readonly index: number;
	readonly shape: 'single' | 'repeated' | 'map';
	/** Of a map. */
	readonly key: Scalar;
	/** Its default is told from nothing, as that of any message. */
	readonly hasPresence: boolean;
	/** All its numbers are written in a row, if they are numbers. */
	readonly isPacked: boolean;
	/** What it is a member of, if that was declared as such. */
	readonly oneof: Oneof | undefined;
	/** Looked up when it is asked for first: messages may hold one another. */
	readonly type: FieldType;
}

export interface Oneof {
	readonly name: string;
	/** Filled while the message is read. */
	readonly members: Field[];
}

export interface MessageType {
	readonly name: string;
	readonly fullName: string;
	/** As they were declared. */
	readonly fields: readonly Field[];
	readonly byName: ReadonlyMap<string, Field>;
	readonly byNumber: ReadonlyMap<number, Field>;
	readonly oneofs: ReadonlyMap<string, Oneof>;
}

type Json = Readonly<Record<string, unknown>>;

const mostNumber = 2 ** 29 - 1;

export class Schema {
	readonly #root: Json;
	readonly #found = new Map<string, MessageType>();
	readonly #values = new Map<string, Values>();

	/** @param json may come from outside: what is wrong with it is said when it is needed */
	constructor(json: object) {
		this.#root = json as Json;
	}

	/** @param fullName `package.Message` @throws {ContractError} `unknown-type` */
	message(fullName: string): MessageType {
		const found = this.#found.get(fullName) ?? this.#read(fullName);
		if (found === undefined) throw new ContractError('unknown-type', `The schema has no message ${fullName}`);
		return found;
	}

	#read(fullName: string): MessageType | undefined {
		const node = this.#node(fullName.split('.'));
		const fields = node?.['fields'];
		if (!isObject(fields)) return undefined;
		const byMember = this.#oneofsOf(fullName, node?.['oneofs'] ?? {}, fields);
		const read = Object.entries(fields).map(([name, field], index) =>
			this.#fieldOf({
				name,
				index,
				oneof: byMember.get(name),
				within: fullName,
				json: objectOf(field, `${fullName}.${name}`),
			}),
		);
		for (const field of read) field.oneof?.members.push(field);
		const message: MessageType = {
			name: fullName.slice(fullName.lastIndexOf('.') + 1),
			fullName,
			fields: read,
			byName: new Map(read.map((field) => [field.name, field])),
			byNumber: new Map(read.map((field) => [field.number, field])),
			oneofs: new Map([...byMember.values()].map((oneof) => [oneof.name, oneof])),
		};
		this.#found.set(fullName, message);
		return message;
	}

	/**
	 * By the names of their members, those that a `.proto` file declares: an `optional` field is in one of its own, which
	 * nobody sees.
	 */
	#oneofsOf(fullName: string, json: unknown, fields: Json): Map<string, Oneof> {
		const byMember = new Map<string, Oneof>();
		for (const [name, each] of Object.entries(objectOf(json, fullName))) {
			const names = objectOf(each, `${fullName}.${name}`)['oneof'];
			if (!Array.isArray(names)) throw notADescriptor(`${fullName}.${name}`);
			if (names.some((member) => isOptional(fields[String(member)]))) continue;
			const oneof = { name, members: [] };
			for (const member of names) byMember.set(String(member), oneof);
		}
		return byMember;
	}

	#fieldOf({
		name,
		index,
		oneof,
		within,
		json,
	}: {
		readonly name: string;
		readonly index: number;
		readonly oneof: Oneof | undefined;
		readonly within: string;
		readonly json: Json;
	}): Field {
		const fullName = `${within}.${name}`;
		const { id, type, rule, keyType, options } = json;
		if (!Number.isInteger(id) || (id as number) < 1 || (id as number) > mostNumber)
			throw notADescriptor(fullName);
		if (typeof type !== 'string') throw notADescriptor(fullName);
		const key = keyType === undefined ? 'string' : scalarOf(keyType);
		if (key === undefined) throw notADescriptor(fullName);
		let known: FieldType | undefined;
		const typeOf = (): FieldType => this.#typeOf(type, within, fullName);
		return {
			name,
			fullName,
			number: id as number,
			index,
			shape: keyType !== undefined ? 'map' : rule === 'repeated' ? 'repeated' : 'single',
			key,
			oneof,
			hasPresence: oneof !== undefined || isOptional(json),
			isPacked: !(isObject(options) && options['packed'] === false),
			get type() {
				known ??= typeOf();
				return known;
			},
		};
	}

	/** A name is looked for in the message that it is used in, and then in all that is around it. */
	#typeOf(name: string, within: string, fullName: string): FieldType {
		const scalar = scalarOf(name);
		if (scalar !== undefined) return { kind: scalar };
		const path = within.split('.');
		for (let depth = name.startsWith('.') ? 0 : path.length; depth >= 0; depth--) {
			const full = [...path.slice(0, depth), ...name.replace(/^\./, '').split('.')];
			const node = this.#node(full);
			if (isObject(node?.['fields'])) return { kind: 'message', message: this.message(full.join('.')) };
			if (isObject(node?.['values'])) return { kind: 'enum', values: this.#valuesOf(full, node['values']) };
		}
		throw new ContractError('unknown-type', `The schema has no ${name}, which ${fullName} is made of`);
	}

	#valuesOf(path: readonly string[], json: Json): Values {
		const fullName = path.join('.');
		const known = this.#values.get(fullName);
		if (known !== undefined) return known;
		const named = Object.entries(json).map(([name, number]) => {
			if (!Number.isInteger(number)) throw notADescriptor(`${fullName}.${name}`);
			return [name, number as number] as const;
		});
		// Of several names of one number, the first is its name.
		const byNumber = new Map(named.toReversed().map(([name, number]) => [number, name]));
		const values = { byName: new Map(named), byNumber };
		this.#values.set(fullName, values);
		return values;
	}

	#node(path: readonly string[]): Json | undefined {
		let node: Json | undefined = this.#root;
		for (const name of path) {
			const nested: unknown = node?.['nested'];
			const next: unknown = isObject(nested) && Object.hasOwn(nested, name) ? nested[name] : undefined;
			node = isObject(next) ? next : undefined;
		}
		return node;
	}
}

function scalarOf(type: unknown): Scalar | undefined {
	return scalarTypes.find((scalar) => scalar === type);
}

function isOptional(field: unknown): boolean {
	const options = isObject(field) ? field['options'] : undefined;
	return isObject(options) && options['proto3_optional'] === true;
}

function isObject(value: unknown): value is Json {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectOf(value: unknown, what: string): Json {
	if (isObject(value)) return value;
	throw notADescriptor(what);
}

function notADescriptor(what: string): ContractError {
	return new ContractError(
		'unknown-type',
		`The schema is not a protobuf descriptor: it does not say what ${what} is`,
	);
}
