/**
 * Tells by digests which pages of a memory have changed, and whether bytes are the ones that were written.
 *
 * A kept copy to compare with takes as long and as much memory as the guest has; digests take 8 bytes a
 * page, and miss a change once in 2^64. They find accidents, not forgeries: who can write a snapshot can
 * also sum it up.
 */
import { statePageBytes, wasmPageBytes } from '../component/guest-state.ts';
import { type Xxh64, xxh64Over } from './xxh64.ts';

const roomBytes = 262_144;
/** The room, and behind it the digests of its pages. */
const memoryPages = roomBytes / wasmPageBytes + 1;
/** Words of 32 bits that a digest has. */
export const digestWords = 2;

/** What lies where in the memory of the module. */
class Machine {
	readonly room: Uint8Array<ArrayBuffer>;
	readonly digests: Uint32Array;
	readonly first: Uint8Array;
	readonly #functions: Xxh64;

	constructor() {
		const memory = new WebAssembly.Memory({ initial: memoryPages, maximum: memoryPages });
		this.room = new Uint8Array(memory.buffer, 0, roomBytes);
		this.digests = new Uint32Array(memory.buffer, roomBytes);
		this.first = new Uint8Array(memory.buffer, roomBytes, digestWords * 4);
		this.#functions = xxh64Over(memory);
	}

	digest(pages: number): void {
		this.#functions.digest(0, pages, roomBytes);
	}

	sum(length: number): void {
		this.#functions.sum(0, length, roomBytes);
	}
}

/** One serves a whole thread. Made when it is first needed: a start waits for nothing that it does not need. */
export class PageDigester {
	#made: Machine | undefined;
	#zero: Uint32Array | undefined;

	/** Room for what is to be digested as one; every other digest overwrites it. */
	get room(): Uint8Array<ArrayBuffer> {
		return this.#machine().room;
	}

	/** Of a page of zeros. */
	get zero(): Uint32Array {
		this.#zero ??= this.digests(new Uint8Array(statePageBytes));
		return this.#zero;
	}

	/** `digestWords` for each page of 4096 bytes; the last page is filled up with zeros. */
	digests(bytes: Uint8Array): Uint32Array {
		const machine = this.#machine();
		const all = new Uint32Array(Math.ceil(bytes.length / statePageBytes) * digestWords);
		for (let from = 0, at = 0; from < bytes.length; from += roomBytes) {
			const piece = bytes.subarray(from, from + roomBytes);
			const pages = Math.ceil(piece.length / statePageBytes);
			machine.room.set(piece);
			machine.room.fill(0, piece.length, pages * statePageBytes);
			machine.digest(pages);
			all.set(machine.digests.subarray(0, pages * digestWords), at);
			at += pages * digestWords;
		}
		return all;
	}

	/**
	 * One digest of what lies at the beginning of the room, as bytes that are valid until the next digest.
	 *
	 * @param length a multiple of 32, not 0
	 */
	hashRoom(length: number): Uint8Array {
		const machine = this.#machine();
		machine.sum(length);
		return machine.first;
	}

	/** One digest of any bytes whose length is known otherwise. */
	sum(bytes: Uint8Array): bigint {
		const digests = this.digests(bytes.length === 0 ? new Uint8Array(1) : bytes);
		if (digests.length === digestWords) {
			const [low = 0, high = 0] = digests;
			return (BigInt(high) << 32n) | BigInt(low);
		}
		return this.sum(new Uint8Array(digests.buffer));
	}

	#machine(): Machine {
		this.#made ??= new Machine();
		return this.#made;
	}
}
