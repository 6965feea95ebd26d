/** Numbers as the bits of other numbers, for variants whose cases share core parameters. */
const f64 = new Float64Array(1);
const f32 = new Float32Array(f64.buffer);
const i32 = new Int32Array(f64.buffer);
const u32 = new Uint32Array(f64.buffer);
const i64 = new BigInt64Array(f64.buffer);

export function f32ToBits(value: number): number {
	f32[0] = value;
	return i32[0] as number;
}

export function f32FromBits(bits: number): number {
	i32[0] = bits;
	return f32[0] as number;
}

export function f64ToBits(value: number): bigint {
	f64[0] = value;
	return i64[0] as bigint;
}

export function f64FromBits(bits: bigint): number {
	i64[0] = bits;
	return f64[0] as number;
}

/** A whole number of up to 2^53 as one of 64 bits, at a quarter of what `BigInt` costs. */
export function u64FromNumber(value: number): bigint {
	u32[0] = value >>> 0;
	u32[1] = Math.floor(value / 0x1_0000_0000);
	return i64[0] as bigint;
}
