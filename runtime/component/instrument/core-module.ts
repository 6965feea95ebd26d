/** The sections of a core module as the pass needs them, and the way back to bytes. */
import { Bytes, type Section, sectionsOf } from '../bytes.ts';
import { ComponentError } from '../error.ts';
import type { FunctionBody } from './function-scan.ts';
import { importKind, readImports } from './imports.ts';
import { InstructionRoom } from './instruction-walk.ts';
import { concat, sized, unsigned } from './leb.ts';

export const section = {
	custom: 0,
	type: 1,
	import: 2,
	function: 3,
	table: 4,
	memory: 5,
	global: 6,
	export: 7,
	start: 8,
	element: 9,
	code: 10,
	data: 11,
	dataCount: 12,
	tag: 13,
} as const;

/** Core spec 5.5.16: the order in which sections stand. */
const order: readonly number[] = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];

const preamble = new Uint8Array([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
const functionType = 0x60;

/** Numbers of values that go in and out. */
export interface Arity {
	readonly parameters: number;
	readonly results: number;
}

/** Core spec 5.3.6: a byte for each value. */
export interface FunctionType extends Arity {
	readonly parameterTypes: Uint8Array;
	readonly resultTypes: Uint8Array;
}

export interface CoreModule {
	/** Sections by id, without custom ones. */
	readonly sections: ReadonlyMap<number, Uint8Array>;
	/** The custom section `name`: what functions are called in a crash report. */
	readonly names: Uint8Array | undefined;
	/** Functions that are imported; they come first in the index space. */
	readonly importedFunctions: number;
	/** Of each type, by index. */
	readonly types: readonly FunctionType[];
	/** Of each function, by index: imported ones first. */
	readonly arities: readonly FunctionType[];
	/** Functions of its own, in order. */
	readonly functions: readonly { readonly parameters: number; readonly body: FunctionBody }[];
	/** Globals of its own. */
	readonly globals: number;
	/** Tables of its own. */
	readonly tables: number;
	readonly exports: ReadonlySet<string>;
	readonly start: number | undefined;
}

/**
 * @param mayImport kinds of imports beside functions; whatever else is imported could reach into another instance
 * @throws ComponentError `not-a-component`, `instruction-unknown`, `import-unknown`
 */
export function readModule(core: Uint8Array, mayImport: readonly number[] = []): CoreModule {
	if (preamble.some((byte, at) => core[at] !== byte)) throw damaged('does not begin as one');
	const sections = new Map<number, Uint8Array>();
	let names: Uint8Array | undefined;
	for (const { id, body } of sectionsOf(core)) {
		if (id === section.custom) {
			if (new Bytes(body).text() === 'name') names = body;
		} else if (!order.includes(id) || sections.has(id)) throw damaged(`has a section ${id} too many`);
		else sections.set(id, body);
	}
	const vector = (id: number): Bytes => new Bytes(sections.get(id) ?? new Uint8Array(1));
	const types = readTypes(vector(section.type));
	const typeOf = (type: number): FunctionType => types[type] ?? unknownType;
	const imported = functionTypesOf(sections.get(section.import) ?? new Uint8Array(1), mayImport).map(typeOf);
	const own = readIndexes(vector(section.function)).map(typeOf);
	const start = sections.get(section.start);
	return {
		sections,
		names,
		importedFunctions: imported.length,
		types,
		arities: [...imported, ...own],
		functions: readCode(vector(section.code), own.length).map((body, place) => ({
			parameters: own[place]?.parameters ?? 0,
			body,
		})),
		globals: vector(section.global).u32(),
		tables: vector(section.table).u32(),
		exports: readExports(vector(section.export)),
		start: start === undefined ? undefined : new Bytes(start).u32(),
	};
}

export function customSection(name: string, content: Uint8Array | readonly number[]): Section {
	return { id: section.custom, body: concat([sized(new TextEncoder().encode(name)), content]) };
}

/** Other custom sections are left out: they speak of offsets in code that has moved. */
export function writeModule(
	sections: ReadonlyMap<number, Uint8Array>,
	{ beforeCode, atEnd }: { beforeCode: readonly Section[]; atEnd: readonly Section[] },
): Uint8Array<ArrayBuffer> {
	const ordered = order.flatMap((id): Section[] => {
		const body = sections.get(id);
		const inFront = id === section.code ? beforeCode : [];
		return body === undefined ? [...inFront] : [...inFront, { id, body }];
	});
	return concat([
		preamble,
		...[...ordered, ...atEnd].flatMap(({ id, body }) => [[id, ...unsigned(body.length)], body]),
	]);
}

const unknownType: FunctionType = {
	parameters: 0,
	results: 0,
	parameterTypes: new Uint8Array(0),
	resultTypes: new Uint8Array(0),
};

function readTypes(bytes: Bytes): FunctionType[] {
	return Array.from({ length: countOf(bytes) }, () => {
		if (bytes.byte() !== functionType)
			throw new ComponentError(
				'instruction-unknown',
				'the module has types that only garbage collection has',
			);
		const parameterTypes = bytes.take(bytes.u32());
		const resultTypes = bytes.take(bytes.u32());
		return { parameters: parameterTypes.length, results: resultTypes.length, parameterTypes, resultTypes };
	});
}

/** The type of each function among them. */
function functionTypesOf(section: Uint8Array, mayImport: readonly number[]): number[] {
	return [...readImports(section)].flatMap(({ from, name, kind, type }) => {
		if (kind === importKind.function) return [type];
		if (!mayImport.includes(kind))
			throw new ComponentError(
				'import-unknown',
				`the module imports "${name}" of "${from}", which is no function`,
			);
		return [];
	});
}

function readIndexes(bytes: Bytes): number[] {
	return Array.from({ length: countOf(bytes) }, () => bytes.u32());
}

function readExports(bytes: Bytes): Set<string> {
	const names = new Set<string>();
	for (let left = countOf(bytes); left > 0; left--) {
		names.add(bytes.text());
		bytes.byte();
		bytes.u32();
	}
	return names;
}

/** Bytes of code whose instructions are read once and kept: they take up to twelve times as much. */
const mostKeptCode = 524_288;

function readCode(bytes: Bytes, functions: number): FunctionBody[] {
	const count = countOf(bytes);
	if (count !== functions) throw damaged(`has ${functions} functions, but code for ${count}`);
	const room = bytes.left <= mostKeptCode ? new InstructionRoom() : undefined;
	return Array.from({ length: count }, () => readBody(bytes.take(bytes.u32()), room));
}

function readBody(body: Uint8Array, room: InstructionRoom | undefined): FunctionBody {
	const bytes = new Bytes(body);
	const groups = countOf(bytes);
	const groupsAt = body.length - bytes.left;
	let locals = 0;
	for (let left = groups; left > 0; left--) {
		locals += bytes.u32();
		bytes.byte();
	}
	const codeAt = body.length - bytes.left;
	return { bytes: body, groups, groupsAt, locals, codeAt, room };
}

/** The length of a vector whose elements take at least a byte each: nothing is allocated for a lie. */
function countOf(bytes: Bytes): number {
	const count = bytes.u32();
	if (count > bytes.left) throw damaged('announces more than it holds');
	return count;
}

function damaged(what: string): ComponentError {
	return new ComponentError('not-a-component', `the core module ${what}`);
}
