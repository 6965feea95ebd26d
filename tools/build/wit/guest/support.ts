/** The part of the AssemblyScript bindings that is the same for every world. */

/** Text of `abi.ts`. */
export function supportSource(tupleSizes: readonly number[]): string {
	return [classes, ...tupleSizes.map(tupleClass), memory].join('\n');
}

function tupleClass(size: number): string {
	const indices = [...Array(size).keys()];
	const fields = indices.map((index) => `\t\tpublic item${index}: T${index},\n`).join('');
	return `export class Tuple${size}<${indices.map((index) => `T${index}`).join(', ')}> {\n\tconstructor(\n${fields}\t) {}\n}\n`;
}

const classes = `// Generated from WIT; do not edit.
import { AL_MASK, BLOCK_OVERHEAD, OBJECT, TOTAL_OVERHEAD } from "rt/common";

/** Stands where WIT has no type, as in \`result<_, string>\`. */
export type Nothing = u8;

/** A value that may be absent, of a type that has no null of its own. */
export class Option<T> {
	constructor(public value: T) {}
}

/** Ok with a value, or not with an error; the other one is zero or null. */
export class Result<T, E> {
	constructor(
		readonly isOk: bool,
		readonly value: T,
		readonly error: E,
	) {}
}

export function ok<T, E>(value: T): Result<T, E> {
	return new Result<T, E>(true, value, __zero<E>());
}

export function err<T, E>(error: E): Result<T, E> {
	return new Result<T, E>(false, __zero<T>(), error);
}

function __zero<T>(): T {
	if (isReference<T>()) return changetype<T>(0);
	else return <T>0;
}
`;

const memory = `/**
 * Memory for what the host passes in. It is managed, so that a list or string becomes a buffer of
 * the guest without a copy, and garbage when the guest is done with it.
 */
export function __reallocate(old: usize, oldSize: usize, align: usize, size: usize): usize {
	return old == 0 ? __new(size, idof<ArrayBuffer>()) : __renew(old, size);
}

/** Memory for what is passed out; nothing collects it before the host has read it. */
export function __allocate(size: usize): usize {
	return __new(size, idof<ArrayBuffer>());
}

/** Makes the memory an object of its own; a copy if the host used less of it than it asked for. */
function __adopt(pointer: usize, size: usize, id: u32): usize {
	if (size == 0) return __new(0, id);
	const object = changetype<OBJECT>(pointer - TOTAL_OVERHEAD);
	if (object.rtSize == <u32>size) {
		object.rtId = id;
		return pointer;
	}
	const copy = __new(size, id);
	memory.copy(copy, pointer, size);
	return copy;
}

export function __string(pointer: usize, units: i32): string {
	return changetype<string>(__adopt(pointer, (<usize>units) << 1, idof<string>()));
}

export function __array<T extends ArrayBufferView>(pointer: usize, size: i32): T {
	const buffer = __adopt(pointer, size, idof<ArrayBuffer>());
	const view = __new(offsetof<T>(), idof<T>());
	store<usize>(view, buffer, offsetof<T>("buffer"));
	store<usize>(view, buffer, offsetof<T>("dataStart"));
	store<i32>(view, size, offsetof<T>("byteLength"));
	__link(view, buffer, false);
	return changetype<T>(view);
}

/**
 * Called when the host has read a result: nothing of the guest is on the stack then, so all that
 * is alive can be reached from globals.
 */
export function __settle(): void {
	__settleGarbage();
}

/** Bytes of what the allocator, "rt/tlsf", keeps in front of its first block. */
const __rootBytes: usize = 1572;

/**
 * Called between turns before the guest is put to sleep: zeros take no room. Blocks of the allocator follow
 * one another up to one of size 0; free ones keep links to others in their first two words and their last.
 */
export function __rest(): void {
	__collect();
	const root = (__heap_base + AL_MASK) & ~AL_MASK;
	const end = <usize>memory.size() << 16;
	let block = ((root + __rootBytes + BLOCK_OVERHEAD + AL_MASK) & ~AL_MASK) - BLOCK_OVERHEAD;
	while (block < end) {
		const info = load<usize>(block);
		const size = info & ~3;
		if (size == 0) return;
		const isFree = (info & 1) != 0;
		if (isFree) memory.fill(block + BLOCK_OVERHEAD + 2 * sizeof<usize>(), 0, size - 3 * sizeof<usize>());
		block += BLOCK_OVERHEAD + size;
	}
}
`;
