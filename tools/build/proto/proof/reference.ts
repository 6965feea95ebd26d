/** protobufjs as the judge of what bytes mean: what the generated codecs are compared with. */
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { fullNameOf, modelOf, type ProtoModel } from '../model.ts';
import { type ProtoRequest, readProto, typesIn } from '../source.ts';

export interface Reference {
	readonly model: ProtoModel;
	/** What protobufjs writes for a plain object. */
	encode(fullName: string, plain: Record<string, unknown>): Uint8Array;
	/**
	 * The one spelling of what the bytes say: protobufjs's own encoding of what it decoded. Null when it
	 * refuses them.
	 */
	canonical(fullName: string, bytes: Uint8Array): Uint8Array | null;
	toObject(fullName: string, bytes: Uint8Array): Record<string, unknown>;
}

export async function referenceOf(request: ProtoRequest): Promise<Reference> {
	const source = await readProto(request);
	const model = modelOf(source);
	const lookup = (fullName: string) => source.root.lookupType(fullName);
	for (const type of typesIn(source.root)) {
		// protobufjs passes the whole tag of a message without fields for its field number, and so accepts
		// field 0 and refuses groups there. A field in the range that protobuf keeps for itself avoids it.
		if (type instanceof protobuf.Type && type.fieldsArray.length === 0) {
			type.add(new protobuf.Field('reserved', 19_000, 'bool'));
		}
	}
	return {
		model,
		encode: (fullName, plain) => lookup(fullName).encode(lookup(fullName).fromObject(plain)).finish(),
		canonical(fullName, bytes) {
			const reader = protobuf.Reader.create(bytes);
			reader.discardUnknown = false;
			let message: protobuf.Message;
			try {
				message = lookup(fullName).decode(reader);
			} catch {
				return null;
			}
			normalize(message, model);
			return lookup(fullName).encode(message).finish();
		},
		toObject: (fullName, bytes) =>
			lookup(fullName).toObject(lookup(fullName).decode(bytes), { longs: String, bytes: Array }),
	};
}

/**
 * Makes of a decoded message what the bytes mean where protobufjs is of another mind: it knows one rule
 * for unknown fields of all messages, and its keys of 64 bits.
 */
function normalize(value: unknown, model: ProtoModel): void {
	if (Array.isArray(value)) for (const item of value) normalize(item, model);
	if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
	const { $type } = value as { $type?: protobuf.Type };
	if ($type instanceof protobuf.Type) {
		if (model.messages.get(fullNameOf($type))?.keepsUnknown !== true) delete (value as Loose)['$unknowns'];
		for (const field of $type.fieldsArray) {
			const held = (value as Loose)[field.name];
			if (field instanceof protobuf.MapField && isLong(field.keyType) && Object.hasOwn(value, field.name)) {
				(value as Loose)[field.name] = withDecimalKeys(held as Loose);
			}
		}
	}
	for (const inner of Object.values(value)) normalize(inner, model);
}

type Loose = Record<string, unknown>;

function isLong(keyType: string): boolean {
	return keyType.endsWith('64');
}

/** Keys of 64 bits are held as eight characters, except one that was absent, which is held as `0`. */
function withDecimalKeys(map: Loose): Loose {
	const { util } = protobuf;
	// Which of the two zeros came last cannot be told any more.
	fc.pre(!(Object.hasOwn(map, '0') && Object.hasOwn(map, '\0'.repeat(8))));
	const decimal = (key: string) => (key.length === 8 ? util.longFromHash(key, true).toString() : key);
	return Object.fromEntries(Object.entries(map).map(([key, value]) => [decimal(key), value]));
}
