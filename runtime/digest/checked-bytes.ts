/** Bytes that can be summed up where they lie: what is written and checked often need not be copied for that. */
import { wasmPageBytes } from '../component/guest-state.ts';
import { type Xxh64, xxh64Over } from './xxh64.ts';

/** What is summed up is a multiple of this. */
export const checkUnit = 32;

export class CheckedBytes {
	/** As many as were asked for, and more up to whole pages of 64 KiB. */
	readonly bytes: Uint8Array<ArrayBuffer>;
	readonly #functions: Xxh64;

	/** @param least how many; they are zeros */
	constructor(least: number) {
		const pages = Math.ceil(least / wasmPageBytes);
		const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
		this.bytes = new Uint8Array(memory.buffer);
		this.#functions = xxh64Over(memory);
	}

	/** The lower half of their XXH64, as 32 bits without a sign. @param length a multiple of `checkUnit`, not 0 */
	check(from: number, length: number): number {
		return this.#functions.check(from, length) >>> 0;
	}
}

/** The same of bytes that lie anywhere, for which they are copied. */
export class Checker {
	#room: CheckedBytes | undefined;

	/** @param bytes a multiple of `checkUnit`, not 0 */
	check(bytes: Uint8Array): number {
		const room = this.#roomFor(bytes.length);
		room.bytes.set(bytes);
		return room.check(0, bytes.length);
	}

	/** It doubles at least: of pieces that are longer and longer, each would leave a room behind. */
	#roomFor(length: number): CheckedBytes {
		const had = this.#room?.bytes.length ?? 0;
		if (this.#room === undefined || had < length) this.#room = new CheckedBytes(Math.max(length, had * 2));
		return this.#room;
	}
}
