/**
 * Gives the host access to everything that a module changes while it runs: its whole state between turns.
 *
 * The memory is exported. Mutable globals are read and written through functions that pass their bits,
 * as JavaScript cannot read a 128-bit global and need not keep the bits of a NaN. Tables are exported
 * where the module writes any, and with them one that holds all functions, so that an entry can be
 * named by its number. All of it is added at the end, where the module itself cannot name it.
 */
import { ComponentError } from '../error.ts';
import { append, exportEntry, exportKind, lengthOf } from './additions.ts';
import { type CoreModule, customSection, section } from './core-module.ts';
import type { ScannedFunction } from './function-scan.ts';
import { sized, unsigned } from './leb.ts';
import { type MutableGlobal, mutableGlobals } from './mutable-globals.ts';
import { readerBody, wordsOf, writerBody } from './state-functions.ts';
import { type StateLayout, type StateObstacle, stateExports, stateSection } from './state-layout.ts';
import { tableTypes } from './tables.ts';

type Sections = ReadonlyMap<number, Uint8Array>;

/** The engine takes up to 1000 parameters and results. */
const wordsPerFunction = 512;
const mostFunctions = 65_536;
const i64 = 0x7e;
const functionType = 0x60;
const functionReferences = 0x70;
const hostReferences = 0x6f;

/**
 * @param sections what has become of the module's own
 * @throws ComponentError `export-reserved`, `instruction-unknown`, `not-a-component`
 */
export function withState(
	module: CoreModule,
	scanned: readonly ScannedFunction[],
	sections: Sections,
): { sections: Map<number, Uint8Array>; description: ReturnType<typeof customSection> } {
	for (const name of module.exports)
		if (name.startsWith(stateExports.prefix))
			throw new ComponentError('export-reserved', `the module exports "${name}", which is the platform's`);
	const globals = mutableGlobals(module.sections.get(section.global));
	const obstacle = obstacleOf(module, scanned, globals.holdReferences);
	const hasTables = obstacle === undefined && scanned.some(({ writesTables }) => writesTables);
	const layout: StateLayout = {
		words: globals.numbers.reduce((sum, each) => sum + wordsOf(each), 0),
		groups: groupsOf(globals.numbers).length,
		tables: hasTables ? module.tables : 0,
		...(obstacle !== undefined && { obstacle }),
	};
	const extended = new Map(sections);
	if (lengthOf(sections.get(section.memory)) > 0)
		addExports(extended, [exportEntry(stateExports.memory, exportKind.memory, 0)]);
	addGlobals(extended, module, groupsOf(globals.numbers));
	if (hasTables) addTables(extended, module);
	return {
		sections: extended,
		description: customSection(stateSection, new TextEncoder().encode(JSON.stringify(layout))),
	};
}

function obstacleOf(
	{ sections, importedFunctions, functions }: CoreModule,
	scanned: readonly ScannedFunction[],
	globalsHoldReferences: boolean,
): StateObstacle | undefined {
	if (scanned.some(({ dropsSegments }) => dropsSegments)) return 'drops-segments';
	if (globalsHoldReferences) return 'references-in-globals';
	if (!scanned.some(({ writesTables }) => writesTables)) return undefined;
	if (tableTypes(sections.get(section.table)).includes(hostReferences)) return 'host-references-in-tables';
	return importedFunctions + functions.length > mostFunctions ? 'too-many-functions' : undefined;
}

/** A global is never divided between two functions. */
function groupsOf(globals: readonly MutableGlobal[]): MutableGlobal[][] {
	const groups: MutableGlobal[][] = [];
	let words = wordsPerFunction;
	for (const each of globals) {
		words += wordsOf(each);
		if (words <= wordsPerFunction) groups.at(-1)?.push(each);
		else {
			groups.push([each]);
			words = wordsOf(each);
		}
	}
	return groups;
}

function addGlobals(
	sections: Map<number, Uint8Array>,
	{ importedFunctions }: CoreModule,
	groups: readonly MutableGlobal[][],
): void {
	const firstType = lengthOf(sections.get(section.type));
	const firstFunction = importedFunctions + lengthOf(sections.get(section.function));
	const words = groups.map((group) =>
		new Array<number>(group.reduce((sum, each) => sum + wordsOf(each), 0)).fill(i64),
	);
	const add = (id: number, elements: readonly (readonly number[])[]): void => {
		if (elements.length > 0) sections.set(id, append(sections.get(id), elements));
	};
	add(
		section.type,
		words.flatMap((types) => [
			[functionType, 0, ...sized(types)],
			[functionType, ...sized(types), 0],
		]),
	);
	add(
		section.function,
		groups.flatMap((_, at) => [unsigned(firstType + 2 * at), unsigned(firstType + 2 * at + 1)]),
	);
	add(
		section.code,
		groups.flatMap((group) => [sized(readerBody(group)), sized(writerBody(group))]),
	);
	addExports(
		sections,
		groups.flatMap((_, at) => [
			exportEntry(stateExports.reader(at), exportKind.function, firstFunction + 2 * at),
			exportEntry(stateExports.writer(at), exportKind.function, firstFunction + 2 * at + 1),
		]),
	);
}

/** All tables, and one more with all functions of the module in it. */
function addTables(
	sections: Map<number, Uint8Array>,
	{ importedFunctions, functions, tables }: CoreModule,
): void {
	const all = lengthOf(sections.get(section.table));
	const count = importedFunctions + functions.length;
	const limits = [1, ...unsigned(count), ...unsigned(count)];
	sections.set(section.table, append(sections.get(section.table), [[functionReferences, ...limits]]));
	// Core spec 5.5.12, kind 2: active, into a table named by its index, from functions named by theirs.
	const indexes = Array.from({ length: count }, (_, index) => unsigned(index)).flat();
	const everything = [2, ...unsigned(all), 0x41, 0, 0x0b, 0, ...unsigned(count), ...indexes];
	sections.set(section.element, append(sections.get(section.element), [everything]));
	addExports(sections, [
		...Array.from({ length: tables }, (_, index) =>
			exportEntry(stateExports.table(index), exportKind.table, index),
		),
		exportEntry(stateExports.functions, exportKind.table, all),
	]);
}

function addExports(sections: Map<number, Uint8Array>, entries: readonly number[][]): void {
	sections.set(section.export, append(sections.get(section.export), entries));
}
