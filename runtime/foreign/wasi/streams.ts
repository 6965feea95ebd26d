/** `wasi:io/streams` over bytes that are there already, and to sinks that take them at once. */
import type { Sink } from './outside.ts';
import { Pollable } from './poll.ts';

/** `wasi:io/error`: nothing here fails half way, so the guest never gets one. */
export class IoError {
	toDebugString(): string {
		return 'error';
	}
}

/** The most that one read or write moves, in bytes. */
const mostBytes = 65_536;

const closed = { tag: 'closed' } as const;

function upTo(length: bigint, most: number): number {
	return length < BigInt(most) ? Number(length) : most;
}

export class InputStream {
	readonly #bytes: Uint8Array;
	#at = 0;

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes;
	}

	read(length: bigint): Uint8Array {
		const left = this.#bytes.length - this.#at;
		if (left === 0) throw closed;
		const from = this.#at;
		this.#at += upTo(length, Math.min(left, mostBytes));
		return this.#bytes.slice(from, this.#at);
	}

	blockingRead(length: bigint): Uint8Array {
		return this.read(length);
	}

	skip(length: bigint): bigint {
		return BigInt(this.read(length).length);
	}

	blockingSkip(length: bigint): bigint {
		return this.skip(length);
	}

	subscribe(): Pollable {
		return Pollable.always();
	}
}

export class OutputStream {
	readonly #sink: Sink;

	constructor(sink: Sink) {
		this.#sink = sink;
	}

	checkWrite(): bigint {
		return BigInt(mostBytes);
	}

	write(bytes: Uint8Array): void {
		this.#sink.write(bytes);
	}

	blockingWriteAndFlush(bytes: Uint8Array): void {
		this.#sink.write(bytes);
	}

	flush(): void {}

	blockingFlush(): void {}

	writeZeroes(length: bigint): void {
		if (length > BigInt(mostBytes))
			throw new WebAssembly.RuntimeError(`the guest writes more than the ${mostBytes} bytes it may`);
		this.#sink.write(new Uint8Array(Number(length)));
	}

	blockingWriteZeroesAndFlush(length: bigint): void {
		this.writeZeroes(length);
	}

	splice(from: InputStream, length: bigint): bigint {
		const bytes = from.read(length);
		this.#sink.write(bytes);
		return BigInt(bytes.length);
	}

	blockingSplice(from: InputStream, length: bigint): bigint {
		return this.splice(from, length);
	}

	subscribe(): Pollable {
		return Pollable.always();
	}
}
