/** Bounds what a module may make of tables and segments, as its memory is bounded by its manifest. */
import { Bytes } from '../bytes.ts';
import { ComponentError } from '../error.ts';
import { section } from './core-module.ts';
import { concat, unsigned } from './leb.ts';

/** Entries of one table; the engine takes up to 32 bytes for each. */
const mostEntries = 65_536;
const mostTables = 8;
const mostSegments = 65_536;
/** Of all element segments; each entry takes at least one. */
const mostElementBytes = 262_144;

const hasMaximum = 0x01;
const referenceTypes = [0x70, 0x6f];

/** The table section with a maximum in every table. @throws ComponentError `tables-too-large`, `instruction-unknown` */
export function boundTables(sections: ReadonlyMap<number, Uint8Array>): Map<number, Uint8Array> {
	const elements = sections.get(section.element) ?? new Uint8Array(1);
	if (elements.length > mostElementBytes)
		throw tooLarge(`${elements.length} bytes of element segments; ${mostElementBytes} are allowed`);
	for (const body of [elements, sections.get(section.data) ?? new Uint8Array(1)]) {
		const count = new Bytes(body).u32();
		if (count > mostSegments) throw tooLarge(`${count} segments; ${mostSegments} are allowed`);
	}
	const tables = sections.get(section.table);
	return tables === undefined ? new Map() : new Map([[section.table, bounded(new Bytes(tables))]]);
}

/** Types of the entries of each table. @param section as `boundTables` made it, or of a module that it took */
export function tableTypes(section: Uint8Array = new Uint8Array(1)): number[] {
	const bytes = new Bytes(section);
	return Array.from({ length: bytes.u32() }, () => {
		const type = bytes.byte();
		const flags = bytes.byte();
		bytes.u32();
		if (flags === hasMaximum) bytes.u32();
		return type;
	});
}

function bounded(bytes: Bytes): Uint8Array {
	const count = bytes.u32();
	if (count > mostTables) throw tooLarge(`${count} tables; ${mostTables} are allowed`);
	const parts: number[][] = [];
	for (let left = count; left > 0; left--) {
		const type = bytes.byte();
		const flags = referenceTypes.includes(type) ? bytes.byte() : Number.NaN;
		if (!(flags <= hasMaximum))
			throw new ComponentError(
				'instruction-unknown',
				'the module has a table that is 64-bit, shared or begins with an expression',
			);
		const minimum = bytes.u32();
		const maximum = flags === hasMaximum ? bytes.u32() : mostEntries;
		if (minimum > mostEntries) throw tooLarge(`a table of ${minimum} entries; ${mostEntries} are allowed`);
		parts.push([type, hasMaximum, ...unsigned(minimum), ...unsigned(Math.min(maximum, mostEntries))]);
	}
	return concat([unsigned(count), ...parts]);
}

function tooLarge(what: string): ComponentError {
	return new ComponentError('tables-too-large', `the module has ${what}`);
}
