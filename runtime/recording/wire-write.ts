/**
 * Puts protobuf fields into bytes that have room for them: each function is given where to begin and
 * returns where it ended.
 */
import { isPair, sizeOfText } from './wire-size.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** Tag of a varint or of a length-delimited field, for numbers below 16. */
export const varintTag = (field: number): number => field << 3;
export const delimitedTag = (field: number): number => (field << 3) | 2;

/** @param value 0 to 2^32 - 1 */
export function put32(bytes: Bytes, begin: number, value: number): number {
	let at = begin;
	let rest = value;
	while (rest > 0x7f) {
		bytes[at++] = (rest & 0x7f) | 0x80;
		rest >>>= 7;
	}
	bytes[at++] = rest;
	return at;
}

/** @param value 0 to 2^53 - 1 */
export function putSafe(bytes: Bytes, at: number, value: number): number {
	if (value < 0x1000_0000) return put32(bytes, at, value);
	const high = Math.floor(value / 0x1000_0000);
	const low = value - high * 0x1000_0000;
	bytes[at] = (low & 0x7f) | 0x80;
	bytes[at + 1] = ((low >>> 7) & 0x7f) | 0x80;
	bytes[at + 2] = ((low >>> 14) & 0x7f) | 0x80;
	bytes[at + 3] = (low >>> 21) | 0x80;
	return put32(bytes, at + 4, high);
}

/** @param value 0 to 2^64 - 1 */
export function put64(bytes: Bytes, begin: number, value: bigint): number {
	const number = Number(value);
	if (number <= Number.MAX_SAFE_INTEGER) return putSafe(bytes, begin, number);
	let at = begin;
	let rest = value;
	for (; rest > 0x7fn; rest >>= 7n) bytes[at++] = Number(rest & 0x7fn) | 0x80;
	bytes[at++] = Number(rest);
	return at;
}

/** Tag and value, present or not; also the tag and length of a field whose content is put next. */
export function putTagged(bytes: Bytes, at: number, tag: number, value: number): number {
	bytes[at] = tag;
	return put32(bytes, at + 1, value);
}

/** Tag and value, but for the default. */
export function putField32(bytes: Bytes, at: number, tag: number, value: number): number {
	return value === 0 ? at : putTagged(bytes, at, tag, value);
}

export function putFieldSafe(bytes: Bytes, at: number, tag: number, value: number): number {
	if (value === 0) return at;
	bytes[at] = tag;
	return putSafe(bytes, at + 1, value);
}

export function putField64(bytes: Bytes, at: number, tag: number, value: bigint): number {
	if (value === 0n) return at;
	bytes[at] = tag;
	return put64(bytes, at + 1, value);
}

export function putFieldBytes(bytes: Bytes, at: number, tag: number, value: Uint8Array): number {
	return value.length === 0 ? at : putBytes(bytes, at, tag, value);
}

export function putFieldText(bytes: Bytes, at: number, tag: number, text: string): number {
	return text === '' ? at : putText(bytes, at, tag, text);
}

export function putBytes(bytes: Bytes, at: number, tag: number, value: Uint8Array): number {
	const content = putTagged(bytes, at, tag, value.length);
	bytes.set(value, content);
	return content + value.length;
}

export function putText(bytes: Bytes, begin: number, tag: number, text: string): number {
	let to = putTagged(bytes, begin, tag, sizeOfText(text));
	for (let at = 0; at < text.length; at++) {
		let point = text.charCodeAt(at);
		if (point < 0x80) {
			bytes[to++] = point;
			continue;
		}
		if (point < 0x800) bytes[to++] = 0xc0 | (point >> 6);
		else {
			if (isPair(text, at)) {
				point = 0x1_0000 + ((point & 0x3ff) << 10) + (text.charCodeAt(++at) & 0x3ff);
				bytes[to++] = 0xf0 | (point >> 18);
				bytes[to++] = 0x80 | ((point >> 12) & 0x3f);
			} else {
				if ((point & 0xf800) === 0xd800) point = 0xfffd;
				bytes[to++] = 0xe0 | (point >> 12);
			}
			bytes[to++] = 0x80 | ((point >> 6) & 0x3f);
		}
		bytes[to++] = 0x80 | (point & 0x3f);
	}
	return to;
}
