/** Random messages of any type of a model, as plain objects that protobufjs makes messages of. */
import fc from 'fast-check';
import type { ProtoField, ProtoMessage, ProtoModel, ProtoType, Scalar } from '../model.ts';

type Plain = Record<string, unknown>;

/** @param depth how deep sub-messages may go on nesting */
export function messageArbitrary(model: ProtoModel, fullName: string, depth = 3): fc.Arbitrary<Plain> {
	const message = model.messages.get(fullName);
	if (message === undefined) throw new Error(`No message ${fullName}`);
	const parts = [
		...message.fields
			.filter(({ shape }) => shape !== 'oneof')
			.map((field) => fieldPart({ field, model, depth })),
		...message.oneofs.map((oneof) => oneofPart({ message, oneof, model, depth })),
	];
	return fc.tuple(...parts).map((found) => Object.assign({}, ...found) as Plain);
}

interface Context {
	readonly model: ProtoModel;
	readonly depth: number;
}

/** An object with the field, or an empty one. */
function fieldPart({ field, ...context }: Context & { field: ProtoField }): fc.Arbitrary<Plain> {
	const value = fieldValue(field, context);
	if (value === undefined) return fc.constant({});
	return fc.option(value).map((some): Plain => (some === null ? {} : { [field.name]: some }));
}

function fieldValue(field: ProtoField, context: Context): fc.Arbitrary<unknown> | undefined {
	const value = valueArbitrary(field.type, context);
	if (value === undefined) return undefined;
	if (field.shape === 'repeated') return fc.array(value, { maxLength: 5 });
	if (field.shape !== 'map') return value;
	const key = keyArbitrary(field.key ?? 'string');
	return fc.array(fc.tuple(key, value), { maxLength: 4 }).map((entries) => Object.fromEntries(entries));
}

function oneofPart({ message, oneof, ...context }: Context & { message: ProtoMessage; oneof: string }) {
	const members = message.fields.filter((field) => field.oneof === oneof);
	const some = members.flatMap((field) => {
		const value = valueArbitrary(field.type, context);
		return value === undefined ? [] : [value.map((set): Plain => ({ [field.name]: set }))];
	});
	return fc.oneof(fc.constant<Plain>({}), ...some);
}

/** Undefined where another level would be too deep. */
function valueArbitrary(type: ProtoType, { model, depth }: Context): fc.Arbitrary<unknown> | undefined {
	if (type.kind === 'scalar') return scalarArbitrary(type.scalar);
	if (type.kind === 'message')
		return depth === 0 ? undefined : messageArbitrary(model, type.fullName, depth - 1);
	const known = model.enums.get(type.fullName)?.values.map(({ number }) => number) ?? [0];
	return fc.oneof(fc.constantFrom(...known), int32);
}

const int32 = fc.oneof(
	fc.integer(),
	fc.integer({ min: -200, max: 200 }),
	fc.constantFrom(-(2 ** 31), 2 ** 31 - 1),
);
const uint32 = fc.oneof(
	fc.integer({ min: 0, max: 2 ** 32 - 1 }),
	fc.integer({ min: 0, max: 300 }),
	fc.constantFrom(2 ** 32 - 1, 2 ** 28, 2 ** 28 - 1, 2 ** 31),
);
// Every power of two and its neighbours: that is where a varint becomes a byte longer.
const unsignedEdge = fc
	.tuple(fc.integer({ min: 0, max: 64 }), fc.constantFrom(-1n, 0n, 1n))
	.map(([bit, by]) => BigInt.asUintN(64, (1n << BigInt(bit)) + by));
const uint64 = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), unsignedEdge).map(String);
const int64 = fc
	.oneof(
		fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
		unsignedEdge.map((value) => BigInt.asIntN(64, value)),
	)
	.map(String);
const text = fc.oneof(
	fc.string({ unit: 'binary', maxLength: 12 }),
	fc.string({ unit: 'binary', minLength: 35, maxLength: 70 }),
	fc.string({ unit: 'binary-ascii', maxLength: 200 }),
	fc.constantFrom('__proto__', '\u{feff}bom', '\u{10ffff}', 'constructor'),
);

function scalarArbitrary(scalar: Scalar): fc.Arbitrary<unknown> {
	switch (scalar) {
		case 'double':
			return fc.double();
		case 'float':
			return fc.float();
		case 'int32':
		case 'sint32':
		case 'sfixed32':
			return int32;
		case 'uint32':
		case 'fixed32':
			return uint32;
		case 'int64':
		case 'sint64':
		case 'sfixed64':
			return int64;
		case 'uint64':
		case 'fixed64':
			return uint64;
		case 'bool':
			return fc.boolean();
		case 'string':
			return text;
		case 'bytes':
			return fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ minLength: 120, maxLength: 140 }));
	}
}

function keyArbitrary(scalar: Scalar): fc.Arbitrary<string> {
	return scalarArbitrary(scalar).map(String);
}
