/** Bytes that a guest writes, gathered up to the most that one turn may send. */
import { VmError } from '../vm/error.ts';
import type { Sink } from './wasi/outside.ts';

export class GatheredBytes implements Sink {
	readonly #mostBytes: number;
	#parts: Uint8Array[] = [];
	#length = 0;

	constructor(mostBytes: number) {
		this.#mostBytes = mostBytes;
	}

	/** @throws VmError `flooded` */
	write(bytes: Uint8Array): void {
		this.#length += bytes.length;
		if (this.#length > this.#mostBytes)
			throw new VmError('flooded', `more than ${this.#mostBytes} bytes were written in one run`);
		this.#parts.push(bytes);
	}

	take(): Uint8Array {
		const bytes = new Uint8Array(Buffer.concat(this.#parts));
		this.#parts = [];
		this.#length = 0;
		return bytes;
	}
}
