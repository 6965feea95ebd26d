/** Bytes that the values of a record take on the wire; proto3 leaves out what has its default. */

/** @param value 0 to 2^32 - 1 */
export function sizeOf32(value: number): number {
	if (value < 0x80) return 1;
	if (value < 0x4000) return 2;
	if (value < 0x20_0000) return 3;
	return value < 0x1000_0000 ? 4 : 5;
}

/** @param value 0 to 2^53 - 1 */
export function sizeOfSafe(value: number): number {
	return value < 0x1000_0000 ? sizeOf32(value) : 4 + sizeOf32(Math.floor(value / 0x1000_0000));
}

/** @param value 0 to 2^64 - 1 */
export function sizeOf64(value: bigint): number {
	const number = Number(value);
	if (number <= Number.MAX_SAFE_INTEGER) return sizeOfSafe(number);
	let bytes = 1;
	for (let rest = value >> 7n; rest > 0n; rest >>= 7n) bytes++;
	return bytes;
}

/** UTF-8; half of a surrogate pair becomes U+FFFD. */
export function sizeOfText(text: string): number {
	let bytes = 0;
	for (let at = 0; at < text.length; at++) {
		const unit = text.charCodeAt(at);
		if (unit < 0x80) bytes += 1;
		else if (unit < 0x800) bytes += 2;
		else if (isPair(text, at)) {
			bytes += 4;
			at++;
		} else bytes += 3;
	}
	return bytes;
}

/** True where a surrogate pair begins. */
export function isPair(text: string, at: number): boolean {
	return (text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00;
}

/** With its tag, of a field number below 16: nothing for the default. */
export function field32(value: number): number {
	return value === 0 ? 0 : 1 + sizeOf32(value);
}

/** @param value 0 to 2^53 - 1 */
export function fieldSafe(value: number): number {
	return value === 0 ? 0 : 1 + sizeOfSafe(value);
}

export function field64(value: bigint): number {
	return value === 0n ? 0 : 1 + sizeOf64(value);
}

/** A field of so many bytes, with its tag and length, present or not. */
export function delimited(length: number): number {
	return 1 + sizeOf32(length) + length;
}

/** Length of the content of a `delimited` field of so many bytes. */
export function contentOf(size: number): number {
	if (size <= 0x7f + 2) return size - 2;
	if (size <= 0x3fff + 3) return size - 3;
	if (size <= 0x1f_ffff + 4) return size - 4;
	return size <= 0xfff_ffff + 5 ? size - 5 : size - 6;
}

export function fieldBytes({ length }: Uint8Array): number {
	return length === 0 ? 0 : delimited(length);
}

export function fieldText(text: string): number {
	return text === '' ? 0 : delimited(sizeOfText(text));
}
