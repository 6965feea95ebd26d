/**
 * The memory of a guest as the direct linker sees it: nothing that the guest says is believed.
 *
 * Every pointer and length is checked before it is used and before anything is allocated for it,
 * and what one call can make the host copy is bounded. Generated bindings do the rest.
 */
import type { StringEncoding } from './decode.ts';
import { LinkError } from './link-error.ts';
import { Slab } from './slab.ts';

export interface GuestMemoryOptions {
	/** Strings of the guest, from the canonical options of its component. */
	readonly encoding: StringEncoding;
	/** Most bytes that one call may make the host copy, whatever overlaps in the guest; default 64 MiB. */
	readonly mostBytes?: number;
	/** Where bytes are copied to; default one of its own. */
	readonly slab?: Slab | undefined;
}

type Reallocate = (old: number, oldSize: number, align: number, size: number) => number;
type CoreFunction = (...values: never[]) => unknown;

/** Strings of up to so many code units are read and written without leaving JavaScript. */
const smallUnits = 24;

const replacement = '\ufffd';
const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

// Of no memory yet: every start makes one of this class.
const empty = new ArrayBuffer(0);
const no8 = new Uint8Array(empty);
const no16 = new Uint16Array(empty);
const no32 = new Uint32Array(empty);
const noView = new DataView(empty);
const noText = Buffer.from(empty);

export class GuestMemory {
	// Views of the whole memory, read by the generated bindings; renewed when it has grown.
	u8 = no8;
	u16 = no16;
	u32 = no32;
	view = noView;
	/** Length of the string lowered last, in the units of its encoding. */
	units = 0;

	readonly #isUtf16: boolean;
	readonly #mostBytes: number;
	#buffer: ArrayBufferLike = empty;
	#text = noText;
	#memory: WebAssembly.Memory | undefined;
	#reallocate: Reallocate | undefined;
	/** Whether the guest may call imports now. */
	#isOpen = false;
	#bytesLeft = 0;
	/** The bytes that were copied last: a guest that says one thing a turn has it at the same place each time. */
	#seen: Uint8Array<ArrayBufferLike> = no8;
	#seenFrom = -1;
	readonly #slab: Slab;

	constructor({ encoding, mostBytes = 67_108_864, slab = new Slab() }: GuestMemoryOptions) {
		this.#slab = slab;
		this.#isUtf16 = encoding === 'utf16';
		this.#mostBytes = mostBytes;
	}

	/** To be called once the instance is there. @throws LinkError `missing-export` */
	attach(exports: WebAssembly.Exports): void {
		const { memory } = exports;
		if (!(memory instanceof WebAssembly.Memory)) throw missing('memory');
		this.#memory = memory;
		this.#reallocate = exportedFunction<Reallocate>(exports, 'cabi_realloc');
		this.#renew();
		this.#isOpen = true;
	}

	get byteLength(): number {
		return this.#memory?.buffer.byteLength ?? 0;
	}

	/** The guest has called an import, or an export has returned: the memory may have grown. */
	enter(): void {
		if (!this.#isOpen) {
			throw new LinkError(
				'not-allowed-now',
				'the guest called an import while starting, allocating or cleaning up',
			);
		}
		// Growing detaches the old buffer, and an array without its buffer is empty.
		if (this.u8.length === 0) this.#renew();
		this.#bytesLeft = this.#mostBytes;
	}

	/** Lets the guest free a result that has been read. */
	release(clean: (pointer: number) => void, pointer: number): void {
		this.#isOpen = false;
		clean(pointer);
		this.#isOpen = true;
	}

	/** Memory of the guest for `size` bytes. @throws LinkError if what it gives is not its own */
	allocate(align: number, size: number): number {
		// Nothing is read or written through it, so the pointer only has to look well.
		if (size === 0) return align;
		this.#isOpen = false;
		const pointer = (this.#reallocate as Reallocate)(0, 0, align, size) >>> 0;
		this.#isOpen = true;
		if (this.u8.length === 0) this.#renew();
		if ((pointer & (align - 1)) !== 0 || pointer + size > this.u8.length) {
			throw new LinkError(
				'malformed-value',
				`cabi_realloc gave ${size} bytes at ${pointer}, which the guest does not have`,
			);
		}
		return pointer;
	}

	bytes(address: number, length: number): Uint8Array<ArrayBuffer> {
		const from = this.region(address, length, 1);
		if (from !== this.#seenFrom || length !== this.#seen.length) {
			this.#seen = new Uint8Array(this.#buffer, from, length);
			this.#seenFrom = from;
		}
		return this.#slab.copy(this.#seen);
	}

	/** Bytes of a list of numbers, in a buffer of their own. */
	buffer(address: number, length: number, align: number): ArrayBuffer {
		const from = this.region(address, length * align, align);
		return this.u8.slice(from, from + length * align).buffer;
	}

	string(address: number, units: number): string {
		return this.#isUtf16 ? this.#utf16(address, units) : this.#utf8(address, units);
	}

	/** Canonical ABI: a char is a Unicode scalar value. */
	char(code: number): string {
		if (code >>> 0 > 0x10_ffff || (code >= 0xd800 && code <= 0xdfff)) {
			throw new LinkError('malformed-value', `${code >>> 0} is not a character`);
		}
		return String.fromCodePoint(code);
	}

	lowerBytes(bytes: Uint8Array): number {
		const { length } = bytes;
		const pointer = this.allocate(1, length);
		if (length > 0) this.u8.set(bytes, pointer);
		return pointer;
	}

	lowerNumbers(numbers: NumberArray): number {
		const pointer = this.allocate(numbers.BYTES_PER_ELEMENT, numbers.byteLength);
		if (numbers.length > 0)
			this.u8.set(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength), pointer);
		return pointer;
	}

	/** Returns the pointer and leaves the length in `units`. */
	lowerString(text: string): number {
		const wellFormed = text.toWellFormed();
		const size = this.#isUtf16 ? wellFormed.length * 2 : Buffer.byteLength(wellFormed, 'utf8');
		const pointer = this.allocate(this.#isUtf16 ? 2 : 1, size);
		this.units = this.#isUtf16 ? wellFormed.length : size;
		if (size === 0) return pointer;
		if (!this.#isUtf16) this.#text.write(wellFormed, pointer, size, 'utf8');
		else if (this.units > smallUnits) this.#text.write(wellFormed, pointer, size, 'utf16le');
		else for (let at = 0; at < this.units; at++) this.u16[(pointer >>> 1) + at] = wellFormed.charCodeAt(at);
		return pointer;
	}

	#utf16(address: number, units: number): string {
		const from = this.region(address, units * 2, 2);
		if (units > smallUnits) return this.#text.toString('utf16le', from, from + units * 2).toWellFormed();
		let text = '';
		for (let at = from >>> 1; at < (from >>> 1) + units; at++)
			text += String.fromCharCode(this.u16[at] as number);
		return text.toWellFormed();
	}

	#utf8(address: number, units: number): string {
		const from = this.region(address, units, 1);
		const text = this.#text.toString('utf8', from, from + units);
		// The guest wrote it, or it stands for bytes that are no text.
		if (text.includes(replacement)) this.#requireUtf8(from, units);
		return text;
	}

	/** Canonical ABI: bytes that are not UTF-8 are no string. */
	#requireUtf8(from: number, units: number): void {
		try {
			strictUtf8.decode(this.u8.subarray(from, from + units));
		} catch (cause) {
			throw new LinkError('malformed-value', `${units} bytes at ${from} are not UTF-8`, { cause });
		}
	}

	/** The pointer to `size` bytes, when all of them are in the memory and the call may still pass as many. */
	region(address: number, size: number, align: number): number {
		const pointer = address >>> 0;
		if ((pointer & (align - 1)) !== 0 || pointer + size > this.u8.length) {
			throw new LinkError(
				'malformed-value',
				`${size} bytes at ${pointer} (aligned to ${align}) are not in the guest's memory of ${this.u8.length} bytes`,
			);
		}
		this.#bytesLeft -= size;
		if (this.#bytesLeft < 0) {
			throw new LinkError(
				'malformed-value',
				`the guest passed more than ${this.#mostBytes} bytes in one call`,
			);
		}
		return pointer;
	}

	#renew(): void {
		const { buffer } = this.#memory as WebAssembly.Memory;
		this.#buffer = buffer;
		this.#seenFrom = -1;
		this.u8 = new Uint8Array(buffer);
		this.u16 = new Uint16Array(buffer);
		this.u32 = new Uint32Array(buffer);
		this.view = new DataView(buffer);
		this.#text = Buffer.from(buffer);
	}
}

export type NumberArray =
	| Int8Array
	| Int16Array
	| Uint16Array
	| Int32Array
	| Uint32Array
	| BigInt64Array
	| BigUint64Array
	| Float32Array
	| Float64Array;

/** @throws LinkError `missing-export` */
export function exportedFunction<Signature extends CoreFunction>(
	exports: WebAssembly.Exports,
	name: string,
): Signature {
	const found = exports[name];
	if (typeof found !== 'function') throw missing(name);
	return found as unknown as Signature;
}

function missing(name: string): LinkError {
	return new LinkError('missing-export', `the module does not export "${name}"`);
}

/** A tag, from the guest, that its type does not have. */
export function badTag(type: string, tag: number): never {
	throw new LinkError('malformed-value', `${type} has no case number ${tag >>> 0}`);
}

/** A tag, from the host, that its type does not have: a bug of the caller. */
export function unknownCase(type: string, tag: unknown): never {
	throw new TypeError(`${type} has no case ${JSON.stringify(tag)}`);
}
