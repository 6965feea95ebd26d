/** Places in a guest's memory, as generated TypeScript names them. */

/** An address: a local that holds a checked pointer, and bytes from there. */
export interface Address {
	readonly base: string;
	readonly offset: number;
}

export function plus({ base, offset }: Address, more: number): Address {
	return { base, offset: offset + more };
}

export function sum({ base, offset }: Address): string {
	return offset === 0 ? base : `${base} + ${offset}`;
}

/** The unsigned integer of `size` bytes there, as something that can be read and assigned. */
export function cell(size: number, at: Address): string {
	if (size === 1) return `__m.u8[${sum(at)}]!`;
	return size === 2 ? `__m.u16[(${sum(at)}) >>> 1]!` : `__m.u32[(${sum(at)}) >>> 2]!`;
}

export const viewed: Readonly<Record<string, string>> = {
	s64: 'BigInt64',
	u64: 'BigUint64',
	f32: 'Float32',
	f64: 'Float64',
};
