/** What the memory of a module holds before anything of it has run: its data, where its segments put them. */
import { Bytes, sectionsOf } from './bytes.ts';

const dataSection = 11;
const i32Const = 0x41;
const end = 0x0b;
/** Core spec 5.5.14. */
const passive = 1;
const withMemory = 2;
/** What has more is read as far as that: reading it is not to hold others up. */
const mostSegments = 4096;

interface Segment {
	readonly at: number;
	readonly bytes: Uint8Array;
}

/**
 * Up to so many bytes, of up to 4096 segments. Left out is what lies where only an instance knows, and what follows it.
 *
 * @param core a module that is valid
 */
export function firstMemory(core: Uint8Array, most: number): Uint8Array<ArrayBuffer> {
	const segments = segmentsOf(core).filter(({ at }) => at < most);
	const length = segments.reduce((furthest, { at, bytes }) => Math.max(furthest, at + bytes.length), 0);
	const memory = new Uint8Array(Math.min(length, most));
	for (const { at, bytes } of segments) memory.set(bytes.subarray(0, most - at), at);
	return memory;
}

function segmentsOf(core: Uint8Array): Segment[] {
	for (const { id, body } of sectionsOf(core)) if (id === dataSection) return readSegments(new Bytes(body));
	return [];
}

function readSegments(bytes: Bytes): Segment[] {
	const segments: Segment[] = [];
	for (let left = Math.min(bytes.u32(), mostSegments); left > 0; left--) {
		const kind = bytes.u32();
		if (kind === withMemory) bytes.u32();
		const at = kind === passive ? undefined : readPlace(bytes);
		// What follows a place that is not a number can only be told by reading the expression.
		if (kind !== passive && at === undefined) break;
		const held = bytes.take(bytes.u32());
		if (at !== undefined) segments.push({ at, bytes: held });
	}
	return segments;
}

/** Undefined where it is more than a number. */
function readPlace(bytes: Bytes): number | undefined {
	if (bytes.byte() !== i32Const) return undefined;
	const at = bytes.i32() >>> 0;
	return bytes.byte() === end ? at : undefined;
}
