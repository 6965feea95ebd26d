/** Reads the LEB128 numbers, names and sections that both module and component binaries are made of. */
import { ComponentError } from './error.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

export class Bytes {
	readonly #bytes: Uint8Array;
	#at = 0;

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes;
	}

	get left(): number {
		return this.#bytes.length - this.#at;
	}

	byte(): number {
		const value = this.#bytes[this.#at];
		if (value === undefined)
			throw new ComponentError('not-a-component', 'the binary ends in the middle of a value');
		this.#at++;
		return value;
	}

	/** Unsigned LEB128 of up to 32 bits (core spec 5.2.2). */
	u32(): number {
		const short = this.#bytes[this.#at];
		// Most are short.
		if (short !== undefined && short < 0x80) {
			this.#at++;
			return short;
		}
		let value = 0;
		for (let shift = 0; shift < 35; shift += 7) {
			const byte = this.byte();
			value += (byte & 0x7f) * 2 ** shift;
			if (byte < 0x80) {
				if (value > 0xffff_ffff) break;
				return value;
			}
		}
		throw new ComponentError('not-a-component', 'a number in the binary has more than 32 bits');
	}

	/** Signed LEB128 of up to 32 bits (core spec 5.2.2). */
	i32(): number {
		let value = 0;
		for (let shift = 0; shift < 35; shift += 7) {
			const byte = this.byte();
			value |= (byte & 0x7f) << shift;
			if (byte < 0x80) return byte >= 0x40 && shift < 28 ? value | (-0x80 << shift) : value;
		}
		throw new ComponentError('not-a-component', 'a number in the binary has more than 32 bits');
	}

	take(length: number): Uint8Array {
		if (length > this.left)
			throw new ComponentError('not-a-component', 'a section reaches past the end of the binary');
		this.#at += length;
		return this.#bytes.subarray(this.#at - length, this.#at);
	}

	/** What is left, without taking it. */
	rest(): Uint8Array {
		return this.#bytes.subarray(this.#at);
	}

	text(): string {
		try {
			return utf8.decode(this.take(this.u32()));
		} catch (cause) {
			if (cause instanceof ComponentError) throw cause;
			throw new ComponentError('not-a-component', 'a name in the binary is not UTF-8', { cause });
		}
	}
}

export interface Section {
	readonly id: number;
	readonly body: Uint8Array;
}

/** The sections behind an 8-byte preamble, in order; nothing is copied. */
export function* sectionsOf(binary: Uint8Array): Generator<Section> {
	const bytes = new Bytes(binary);
	bytes.take(8);
	while (bytes.left > 0) {
		const id = bytes.byte();
		yield { id, body: bytes.take(bytes.u32()) };
	}
}
