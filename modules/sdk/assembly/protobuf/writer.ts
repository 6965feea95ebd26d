/**
 * Writes the protobuf wire format into exactly as many bytes as the message said it needs, and
 * the sizes by which it says so.
 */
import { utf8Size, utf8Write } from "./text";

export class Writer {
	private readonly bytes: Uint8Array;
	private at: usize;

	constructor(size: i32) {
		this.bytes = new Uint8Array(size);
		this.at = this.bytes.dataStart;
	}

	/** The message, whole. */
	finish(): Uint8Array {
		assert(this.at == this.bytes.dataStart + usize(this.bytes.byteLength));
		return this.bytes;
	}

	byte(value: u32): void {
		store<u8>(this.at++, value);
	}

	varint(value: u64): void {
		let at = this.at;
		while (value >= 0x80) {
			store<u8>(at++, value | 0x80);
			value >>= 7;
		}
		store<u8>(at, value);
		this.at = at + 1;
	}

	fixed<T>(value: T): void {
		store<T>(this.at, value);
		this.at += sizeof<T>();
	}

	string(value: string): void {
		// The prefix needs the size; where every size in question has a prefix of one length, it is
		// patched in afterwards instead of walking the text twice.
		if (value.length <= 42) {
			const at = this.at;
			const end = utf8Write(value, at + 1);
			store<u8>(at, end - at - 1);
			this.at = end;
			return;
		}
		this.varint(u64(utf8Size(value)));
		this.at = utf8Write(value, this.at);
	}

	bytesField(value: Uint8Array): void {
		this.varint(u64(value.byteLength));
		this.raw(value);
	}

	packedVarints<T>(values: Array<T>): void {
		this.varint(u64(packedSize<T>(values)));
		for (let i = 0; i < values.length; i++) this.varint(wide<T>(unchecked(values[i])));
	}

	packedZigzags<T>(values: Array<T>): void {
		this.varint(u64(packedZigzagSize<T>(values)));
		for (let i = 0; i < values.length; i++) this.varint(zigzag64(i64(unchecked(values[i]))));
	}

	packedFixed<T>(values: Array<T>): void {
		const size = usize(values.length) * sizeof<T>();
		this.varint(u64(size));
		memory.copy(this.at, values.dataStart, size);
		this.at += size;
	}

	/** Fields that were kept as they came. */
	unknown(fields: Array<Uint8Array>): void {
		for (let i = 0; i < fields.length; i++) this.raw(fields[i]);
	}

	private raw(value: Uint8Array): void {
		memory.copy(this.at, value.dataStart, usize(value.byteLength));
		this.at += usize(value.byteLength);
	}
}

/** Bytes of a varint: one for every seven bits. */
// @ts-ignore: decorator
@inline
export function varintSize(value: u64): i32 {
	return (i32(63 - clz(value | 1)) * 9 + 73) >> 6;
}

export function zigzag32(value: i32): u64 {
	return u64(u32((value << 1) ^ (value >> 31)));
}

export function zigzag64(value: i64): u64 {
	return u64((value << 1) ^ (value >> 63));
}

/** Bytes of a string with its length in front. */
export function stringSize(value: string): i32 {
	const size = utf8Size(value);
	return varintSize(u64(size)) + size;
}

/** Bytes of a bytes field, or of anything else of `size` bytes, with its length in front. */
// @ts-ignore: decorator
@inline
export function bytesSize(size: i32): i32 {
	return varintSize(u64(size)) + size;
}

/** Bytes of packed varints, without their length in front. */
export function packedSize<T>(values: Array<T>): i32 {
	let size = 0;
	for (let i = 0; i < values.length; i++) size += varintSize(wide<T>(unchecked(values[i])));
	return size;
}

export function packedZigzagSize<T>(values: Array<T>): i32 {
	let size = 0;
	for (let i = 0; i < values.length; i++) size += varintSize(zigzag64(i64(unchecked(values[i]))));
	return size;
}

export function unknownSize(fields: Array<Uint8Array>): i32 {
	let size = 0;
	for (let i = 0; i < fields.length; i++) size += fields[i].byteLength;
	return size;
}

/** What a float is compared by: -0 is a value, and so is every NaN. */
// @ts-ignore: decorator
@inline
export function floatBits(value: f32): u32 {
	return reinterpret<u32>(value);
}

// @ts-ignore: decorator
@inline
export function doubleBits(value: f64): u64 {
	return reinterpret<u64>(value);
}

/** As a varint: a negative number of either width is ten bytes. */
// @ts-ignore: decorator
@inline
function wide<T>(value: T): u64 {
	return isSigned<T>() ? u64(i64(value)) : u64(value);
}
