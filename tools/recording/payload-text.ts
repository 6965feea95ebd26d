/** Payloads as a person can read them: by the type of their topic, as text, or in hexadecimal. */
import { decodeAny, type JsonValue } from '../../proto/host/codec.ts';
import type { Manifest } from '../../runtime/module/manifest.ts';
import { replyTypeOf } from '../cli/topic.ts';

export interface Types {
	readonly manifest: Manifest;
	/** protobufjs descriptor of the module's messages, as text; empty where it has none. */
	readonly schema: string;
}

export class PayloadText {
	readonly #manifest: Manifest;
	readonly #schema: object;

	constructor({ manifest, schema }: Types) {
		this.#manifest = manifest;
		this.#schema = schema === '' ? {} : (JSON.parse(schema) as object);
	}

	/** The message as a value; undefined where its type is not known or it is not of that type. */
	message(topic: string, payload: Uint8Array): JsonValue | undefined {
		const type = this.typeOf(topic);
		return type === undefined ? undefined : this.#decoded(type, payload);
	}

	/** The answer to a request on this topic. */
	answer(topic: string, payload: Uint8Array): JsonValue | undefined {
		const type = this.typeOf(topic);
		if (type === undefined) return undefined;
		const reply = replyTypeOf({ name: topic, type, schema: this.#schema });
		return this.#decoded(reply, payload);
	}

	typeOf(topic: string): string | undefined {
		return this.#manifest.publishes[topic] ?? this.#manifest.subscribes[topic]?.type;
	}

	#decoded(type: string, payload: Uint8Array): JsonValue | undefined {
		try {
			return decodeAny(this.#schema, type, payload);
		} catch {
			// A service may put on its topics what its schema does not know.
			return undefined;
		}
	}
}

const longest = 64;

/** Text where the bytes are printable, else hexadecimal; what is long is cut. */
export function bytesText(bytes: Uint8Array): string {
	const shown = bytes.subarray(0, longest);
	const more = bytes.length > longest ? ` ... (${bytes.length} bytes)` : '';
	if (bytes.length === 0) return '(nothing)';
	const text = new TextDecoder().decode(shown);
	return /^[\P{C}\n\t]*$/u.test(text) && !text.includes('\ufffd')
		? `${JSON.stringify(text)}${more}`
		: `${shown.toHex()}${more}`;
}

export interface FieldDifference {
	/** `state.title`, `items[2]`; empty for the whole. */
	readonly path: string;
	readonly expected: JsonValue | undefined;
	readonly found: JsonValue | undefined;
}

/** The first field in which two messages differ, in the order of the first one. */
export function firstDifference(
	expected: JsonValue | undefined,
	found: JsonValue | undefined,
	path = '',
): FieldDifference | undefined {
	if (!isParent(expected) || !isParent(found) || Array.isArray(expected) !== Array.isArray(found))
		return expected === found ? undefined : { path, expected, found };
	for (const name of Object.keys({ ...expected, ...found })) {
		const at = Array.isArray(expected) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`;
		const difference = firstDifference(memberOf(expected, name), memberOf(found, name), at);
		if (difference !== undefined) return difference;
	}
	return undefined;
}

function isParent(
	value: JsonValue | undefined,
): value is Exclude<JsonValue, string | number | boolean | null> {
	return typeof value === 'object' && value !== null;
}

function memberOf(parent: object, name: string): JsonValue | undefined {
	return Object.hasOwn(parent, name) ? (Reflect.get(parent, name) as JsonValue) : undefined;
}
