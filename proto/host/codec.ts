/** Encodes and decodes the messages of one schema: what the generated files beside this one stand on. */
import protobuf from 'protobufjs/light.js';
import { ContractError } from './error.ts';
import { fromMessage, type JsonObject } from './from-message.ts';
import { toMessage } from './to-message.ts';

export { ContractError, contractErrors } from './error.ts';
export type { JsonObject, JsonValue } from './from-message.ts';

/** A message as it is given for encoding: anything may be left out. At most one member of a oneof may be set. */
export type Input<T> = T extends Uint8Array
	? Uint8Array
	: T extends readonly (infer Item)[]
		? readonly Input<Item>[]
		: T extends object
			? { readonly [Key in keyof T]?: Input<T[Key]> | undefined }
			: T;

export interface Codec<T> {
	/** `package.Message`. */
	readonly typeName: string;
	/** @throws {ContractError} `unfit-value`: a wrong type, a number out of range, an unknown name */
	encode(value: Input<T>): Uint8Array;
	/**
	 * Fields that are not in the bytes have their proto3 defaults; optional fields, sub-messages and members
	 * of a oneof are left out. Bytes fields are copies.
	 *
	 * @throws {ContractError} `malformed-message`
	 */
	decode(bytes: Uint8Array): T;
	/** As `decode`, but bytes fields are views of what was given: for large ones, in memory that nobody writes to. */
	decodeView(bytes: Uint8Array): T;
	/** For people and tools: enums by name, bytes as base64, integers beyond 2^53 as text. */
	toJson(value: Input<T>): JsonObject;
}

/** The codecs of a schema as `Root.toJSON()` of protobufjs gives it, as text. Costs nothing until one is used. */
export function codecsOf(schemaJson: string): <T>(typeName: string) => Codec<T> {
	let root: protobuf.Root | undefined;
	return <T>(typeName: string): Codec<T> => {
		let found: protobuf.Type | undefined;
		const lookup = (): protobuf.Type => {
			root ??= rootOf(JSON.parse(schemaJson));
			found ??= typeIn(root, typeName);
			return found;
		};
		return {
			typeName,
			encode: (value) => encode(lookup(), value),
			decode: (bytes) => fromMessage(lookup(), decode(lookup(), bytes)) as T,
			decodeView: (bytes) =>
				fromMessage(lookup(), decode(lookup(), bytes), { asJson: false, isView: true }) as T,
			toJson: (value) => fromMessage(lookup(), toMessage(lookup(), value), { asJson: true }) as JsonObject,
		};
	};
}

/**
 * Decodes with nothing but a descriptor, such as the schema section of a module, to the form of `toJson`.
 *
 * @param schemaJson as `Root.toJSON()` of protobufjs gives it; not to be changed afterwards
 * @throws {ContractError} `malformed-message`, `unknown-type`
 */
export function decodeAny(schemaJson: object, typeName: string, bytes: Uint8Array): JsonObject {
	const type = typeIn(rootOf(schemaJson), typeName);
	return fromMessage(type, decode(type, bytes), { asJson: true }) as JsonObject;
}

/**
 * Encodes with nothing but a descriptor what a person or a tool wrote: what `decodeAny` gives, or less.
 *
 * @throws {ContractError} `unfit-value`, `unknown-type`
 */
export function encodeAny(schemaJson: object, typeName: string, value: unknown): Uint8Array {
	return encode(typeIn(rootOf(schemaJson), typeName), value);
}

// Building a root takes far longer than decoding a message.
const roots = new WeakMap<object, protobuf.Root>();

function rootOf(schemaJson: object): protobuf.Root {
	const known = roots.get(schemaJson);
	if (known !== undefined) return known;
	try {
		const root = protobuf.Root.fromJSON(schemaJson as protobuf.INamespace);
		root.resolveAll();
		roots.set(schemaJson, root);
		return root;
	} catch (cause) {
		throw new ContractError('unknown-type', `The schema is not a protobuf descriptor: ${String(cause)}`, {
			cause,
		});
	}
}

function typeIn(root: protobuf.Root, typeName: string): protobuf.Type {
	const found = root.lookup(typeName, [protobuf.Type]);
	if (found instanceof protobuf.Type) return found;
	throw new ContractError('unknown-type', `The schema has no message ${typeName}`);
}

function encode(type: protobuf.Type, value: unknown): Uint8Array {
	const written = type.encode(toMessage(type, value)).finish();
	return new Uint8Array(written.buffer, written.byteOffset, written.byteLength);
}

function decode(type: protobuf.Type, bytes: Uint8Array): protobuf.Message {
	// Never as a Buffer: protobufjs would read it by other rules.
	const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	try {
		return type.decode(plain);
	} catch (cause) {
		const what = `${bytes.byteLength} bytes are no ${type.fullName.slice(1)}`;
		throw new ContractError('malformed-message', `${what}: ${(cause as Error).message}`, { cause });
	}
}
