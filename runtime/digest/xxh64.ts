/** XXH64 over what lies in a memory, which WebAssembly has done by the time that JavaScript would have read it. */
import { xxh64Module } from './generated/xxh64.ts';

/** All in bytes of the memory; lengths are multiples of 32, and not 0. */
export interface Xxh64 {
	/** Puts the digests of pages of 4096 bytes, 8 bytes each, to `to`. */
	digest(from: number, pages: number, to: number): void;
	/** Puts one digest of all of it, 8 bytes, to `to`. */
	sum(from: number, length: number, to: number): void;
	/** The lower half of that digest, as a signed number. */
	check(from: number, length: number): number;
}

let compiled: WebAssembly.Module | undefined;

export function xxh64Over(memory: WebAssembly.Memory): Xxh64 {
	compiled ??= new WebAssembly.Module(Uint8Array.fromBase64(xxh64Module));
	const { exports } = new WebAssembly.Instance(compiled, { digest: { memory } });
	return exports as unknown as Xxh64;
}
