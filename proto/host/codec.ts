/** Encodes and decodes the messages of one schema: what the generated files beside this one stand on. */
import { type Form, type JsonObject, readMessage } from './read-message.ts';
import { type MessageType, Schema } from './schema.ts';
import { writeMessage } from './write-message.ts';

export { ContractError, contractErrors } from './error.ts';
export type { JsonObject, JsonValue } from './read-message.ts';

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
	let schema: Schema | undefined;
	return <T>(typeName: string): Codec<T> => {
		let found: MessageType | undefined;
		const message = (): MessageType => {
			schema ??= new Schema(JSON.parse(schemaJson));
			found ??= schema.message(typeName);
			return found;
		};
		return {
			typeName,
			encode: (value) => writeMessage(message(), value),
			decode: (bytes) => readMessage(message(), bytes, copied) as T,
			decodeView: (bytes) => readMessage(message(), bytes, viewed) as T,
			toJson: (value) => readMessage(message(), writeMessage(message(), value), json) as JsonObject,
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
	return readMessage(schemaOf(schemaJson).message(typeName), bytes, json) as JsonObject;
}

/**
 * Encodes with nothing but a descriptor what a person or a tool wrote: what `decodeAny` gives, or less.
 *
 * @throws {ContractError} `unfit-value`, `unknown-type`
 */
export function encodeAny(schemaJson: object, typeName: string, value: unknown): Uint8Array {
	return writeMessage(schemaOf(schemaJson).message(typeName), value);
}

const copied: Form = { asJson: false };
const viewed: Form = { asJson: false, isView: true };
const json: Form = { asJson: true };

// What was looked up of one is there the next time.
const schemas = new WeakMap<object, Schema>();

function schemaOf(schemaJson: object): Schema {
	const known = schemas.get(schemaJson) ?? new Schema(schemaJson);
	schemas.set(schemaJson, known);
	return known;
}
