/** Where the host finds the state of an instrumented module, and why some modules keep theirs to themselves. */

/** Exports that the pass adds; a module that has one with this prefix already is refused. */
export const stateExports = {
	prefix: 'mullion:state/',
	memory: 'mullion:state/memory',
	/** All functions of the module, by number; only where tables are state. */
	functions: 'mullion:state/functions',
	table: (index: number): string => `mullion:state/table/${index}`,
	/** `() -> i64 ...`, the bits of a group of globals. */
	reader: (group: number): string => `mullion:state/read/${group}`,
	/** `i64 ... -> ()`, the way back. */
	writer: (group: number): string => `mullion:state/write/${group}`,
} as const;

export const stateSection = 'mullion:state';

/** What makes it impossible to take all of a module's state out. */
export const stateObstacles = {
	'drops-segments': 'it drops data or element segments while it runs',
	'references-in-globals': 'it keeps references in mutable globals',
	'host-references-in-tables': 'it keeps references to objects of the host in tables',
	'too-many-functions': 'it writes tables and has more than 65536 functions',
} as const;

export type StateObstacle = keyof typeof stateObstacles;

export interface StateLayout {
	/** 64-bit words that all mutable globals take. */
	readonly words: number;
	/** Groups that they are passed in. */
	readonly groups: number;
	/** Tables that are state: all, or none where the module never writes one. */
	readonly tables: number;
	readonly obstacle?: StateObstacle;
}

/** @param module made by `instrument`; any other has no state that could be taken out */
export function stateLayoutOf(module: WebAssembly.Module): StateLayout | undefined {
	const [written] = WebAssembly.Module.customSections(module, stateSection);
	return written === undefined ? undefined : JSON.parse(new TextDecoder().decode(written));
}
