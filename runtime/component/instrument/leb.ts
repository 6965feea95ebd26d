/** Writes the LEB128 numbers and vectors of core spec 5.2.2. */

export function unsigned(value: number): number[] {
	const bytes: number[] = [];
	let left = value >>> 0;
	while (left >= 0x80) {
		bytes.push((left & 0x7f) | 0x80);
		left >>>= 7;
	}
	bytes.push(left);
	return bytes;
}

/** Signed, of 32 bits: what stands behind `i32.const`. */
export function signed(value: number): number[] {
	const bytes: number[] = [];
	let left = value | 0;
	while (left < -0x40 || left >= 0x40) {
		bytes.push((left & 0x7f) | 0x80);
		left >>= 7;
	}
	bytes.push(left & 0x7f);
	return bytes;
}

/** A name or any other bytes, with their length in front. */
export function sized(bytes: Uint8Array | readonly number[]): number[] {
	return [...unsigned(bytes.length), ...bytes];
}

/** Up to so many bytes a loop is faster than the engine's own copying. */
const shortPart = 24;

export function concat(parts: readonly (Uint8Array | readonly number[])[]): Uint8Array<ArrayBuffer> {
	const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
	let at = 0;
	for (const part of parts) {
		if (part.length > shortPart) whole.set(part, at);
		else for (let place = 0; place < part.length; place++) whole[at + place] = part[place] as number;
		at += part.length;
	}
	return whole;
}
