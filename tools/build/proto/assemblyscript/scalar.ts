/** How each scalar type of protobuf is held, read, measured and written in AssemblyScript. */
import type { Scalar } from '../model.ts';

export interface ScalarBinding {
	/** The type in AssemblyScript. */
	readonly type: string;
	readonly unset: string;
	readonly wireType: 0 | 1 | 2 | 5;
	readonly read: string;
	/** Reads a packed chunk into the array `into`; undefined where nothing can be packed. */
	readonly readPacked: ((into: string) => string) | undefined;
	/** True when `value` is not the default and so has to be written. */
	readonly isSet: (value: string) => string;
	/** Bytes of `value` without its tag. */
	readonly size: (value: string) => string;
	readonly write: (value: string) => string;
	/** Bytes of the packed array without its length. */
	readonly packedSize: ((array: string) => string) | undefined;
	readonly writePacked: ((array: string) => string) | undefined;
	/** The same for every value, so that it can be added up while generating. */
	readonly fixedSize: number | undefined;
}

const varint = (type: string, read: string, toWire: (value: string) => string): ScalarBinding => ({
	type,
	unset: '0',
	wireType: 0,
	read: `reader.${read}()`,
	readPacked: (into) => `reader.packedVarints<${type}>(${into})`,
	isSet: (value) => `${value} != 0`,
	size: (value) => `varintSize(${toWire(value)})`,
	write: (value) => `writer.varint(${toWire(value)})`,
	packedSize: (array) => `packedSize<${type}>(${array})`,
	writePacked: (array) => `writer.packedVarints<${type}>(${array})`,
	fixedSize: undefined,
});

const zigzag = (type: string, bits: 32 | 64): ScalarBinding => ({
	...varint(type, `sint${bits}`, (value) => `zigzag${bits}(${value})`),
	readPacked: (into) => `reader.packedZigzags<${type}>(${into})`,
	packedSize: (array) => `packedZigzagSize<${type}>(${array})`,
	writePacked: (array) => `writer.packedZigzags<${type}>(${array})`,
});

const fixed = (type: string, bytes: 4 | 8, isSet = (value: string) => `${value} != 0`): ScalarBinding => ({
	type,
	unset: '0',
	wireType: bytes === 4 ? 5 : 1,
	read: `reader.fixed<${type}>()`,
	readPacked: (into) => `reader.packedFixed<${type}>(${into})`,
	isSet,
	size: () => String(bytes),
	write: (value) => `writer.fixed<${type}>(${value})`,
	packedSize: (array) => `${array}.length * ${bytes}`,
	writePacked: (array) => `writer.packedFixed<${type}>(${array})`,
	fixedSize: bytes,
});

const signExtended = (value: string) => `u64(i64(${value}))`;
const plain = (value: string) => `u64(${value})`;

export const scalars: Readonly<Record<Scalar, ScalarBinding>> = {
	int32: varint('i32', 'int32', signExtended),
	int64: varint('i64', 'int64', plain),
	uint32: varint('u32', 'uint32', plain),
	uint64: varint('u64', 'uint64', (value) => value),
	sint32: zigzag('i32', 32),
	sint64: zigzag('i64', 64),
	fixed32: fixed('u32', 4),
	fixed64: fixed('u64', 8),
	sfixed32: fixed('i32', 4),
	sfixed64: fixed('i64', 8),
	float: fixed('f32', 4, (value) => `floatBits(${value}) != 0`),
	double: fixed('f64', 8, (value) => `doubleBits(${value}) != 0`),
	bool: {
		...varint('bool', 'bool', plain),
		unset: 'false',
		readPacked: (into) => `reader.packedBools(${into})`,
		isSet: (value) => value,
		size: () => '1',
		write: (value) => `writer.byte(u32(${value}))`,
		packedSize: (array) => `${array}.length`,
		fixedSize: 1,
	},
	string: {
		type: 'string',
		unset: '""',
		wireType: 2,
		read: 'reader.string()',
		readPacked: undefined,
		isSet: (value) => `${value}.length != 0`,
		size: (value) => `stringSize(${value})`,
		write: (value) => `writer.string(${value})`,
		packedSize: undefined,
		writePacked: undefined,
		fixedSize: undefined,
	},
	bytes: {
		type: 'Uint8Array',
		unset: 'noBytes',
		wireType: 2,
		read: 'reader.bytesField()',
		readPacked: undefined,
		isSet: (value) => `${value}.byteLength != 0`,
		size: (value) => `bytesSize(${value}.byteLength)`,
		write: (value) => `writer.bytesField(${value})`,
		packedSize: undefined,
		writePacked: undefined,
		fixedSize: undefined,
	},
};
