/** Adds to the sections of a module, always at the end of each, so that no index of the module moves. */
import { Bytes } from '../bytes.ts';
import { concat, sized, unsigned } from './leb.ts';

/** Kinds of exports (core spec 5.5.10). */
export const exportKind = { function: 0, table: 1, memory: 2, global: 3 } as const;

export function exportEntry(
	name: string,
	kind: (typeof exportKind)[keyof typeof exportKind],
	index: number,
): number[] {
	return [...sized(new TextEncoder().encode(name)), kind, ...unsigned(index)];
}

/** The vector with more elements; one that is absent is empty. */
export function append(
	vector: Uint8Array = new Uint8Array(1),
	elements: readonly (Uint8Array | readonly number[])[],
): Uint8Array {
	const bytes = new Bytes(vector);
	const count = bytes.u32();
	return concat([unsigned(count + elements.length), bytes.take(bytes.left), ...elements]);
}

/** How many elements the vector of a section has. */
export function lengthOf(vector: Uint8Array | undefined): number {
	return vector === undefined ? 0 : new Bytes(vector).u32();
}
