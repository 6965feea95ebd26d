/** Core modules that no assembler would make: sections and bodies given as bytes. */
import { concat, sized, unsigned } from '../instrument/leb.ts';

const preamble = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const end = 0x0b;

export type Sections = Readonly<Record<number, Uint8Array | readonly number[]>>;

export function coreOf(sections: Sections): Uint8Array {
	return concat([
		preamble,
		...Object.entries(sections).flatMap(([id, body]) => [[Number(id), ...unsigned(body.length)], body]),
	]);
}

/** A module of so many functions without parameters and results, of this body each, and of a memory. */
export function functionsOf(count: number, body: Uint8Array | readonly number[]): Uint8Array {
	const one = [...unsigned(body.length), ...body];
	return coreOf({
		1: [1, 0x60, 0, 0],
		3: concat([unsigned(count), new Uint8Array(count)]),
		5: [1, 1, 1, 1],
		10: concat([unsigned(count), repeated(count, one)]),
	});
}

/** Locals of one type, and instructions. */
export function bodyOf(locals: number, code: Uint8Array | readonly number[]): Uint8Array {
	return concat([locals === 0 ? [0] : [1, ...unsigned(locals), 0x7f], code, [end]]);
}

export function repeated(count: number, bytes: readonly number[]): Uint8Array {
	const all = new Uint8Array(count * bytes.length);
	for (let at = 0; at < all.length; at += bytes.length) all.set(bytes, at);
	return all;
}

export function textOf(name: string): number[] {
	return sized(new TextEncoder().encode(name));
}
