/** Writes the LEB128 numbers and vectors of core spec 5.2.2. */

export function unsigned(value: number): number[] {
	const bytes: number[] = [];
	pushUnsigned(bytes, value);
	return bytes;
}

/** The same behind what there is. */
export function pushUnsigned(bytes: number[], value: number): void {
	let left = value >>> 0;
	while (left >= 0x80) {
		bytes.push((left & 0x7f) | 0x80);
		left >>>= 7;
	}
	bytes.push(left);
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
	let length = 0;
	for (const part of parts) length += part.length;
	const whole = new Uint8Array(length);
	let at = 0;
	for (const part of parts) {
		// The engine knows what it reads in each of the two.
		if (part instanceof Uint8Array) copyBytes(whole, at, part, { from: 0, end: part.length });
		else copyNumbers(whole, at, part);
		at += part.length;
	}
	return whole;
}

export function copyNumbers(to: Uint8Array, at: number, numbers: readonly number[]): void {
	for (let place = 0; place < numbers.length; place++) to[at + place] = numbers[place] as number;
}

export function copyBytes(
	to: Uint8Array,
	at: number,
	bytes: Uint8Array,
	{ from, end }: { from: number; end: number },
): void {
	if (end - from > shortPart) to.set(bytes.subarray(from, end), at);
	else for (let place = from; place < end; place++) to[at + place - from] = bytes[place] as number;
}
