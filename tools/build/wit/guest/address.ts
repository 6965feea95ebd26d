/** Places in a guest's memory, as AssemblyScript names them. */

/** An address: a local that holds a pointer, and bytes from there. */
export interface Address {
	readonly base: string;
	readonly offset: number;
}

export const memoryTypes: Readonly<Record<string, string>> = {
	s8: 'i8',
	u8: 'u8',
	s16: 'i16',
	u16: 'u16',
	s32: 'i32',
	u32: 'u32',
	s64: 'i64',
	u64: 'u64',
	f32: 'f32',
	f64: 'f64',
	char: 'u32',
};

/** A WIT scalar, enum or set of flags as the unsigned integer that memory holds. */
export function tagType(size: number): string {
	return `u${size * 8}`;
}

export function plus({ base, offset }: Address, more: number): Address {
	return { base, offset: offset + more };
}

export function pointer({ base, offset }: Address): string {
	return offset === 0 ? base : `${base} + ${offset}`;
}
