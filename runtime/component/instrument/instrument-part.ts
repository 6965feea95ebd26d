/**
 * Instruments one core module of a component that has several: they share memory, tables and fuel.
 *
 * The same checks as in `instrument.ts`, against a tank that is imported, and a maximum for its
 * memory. Such a module may import tables, memories and globals, as they are those of the modules
 * beside it: the glue that links them is made here and gives them nothing else.
 */
import { Bytes } from '../bytes.ts';
import { ComponentError } from '../error.ts';
import { append, exportEntry, exportKind } from './additions.ts';
import { branchHints } from './branch-hints.ts';
import { type CoreModule, customSection, readModule, section, writeModule } from './core-module.ts';
import { startExport } from './fuel.ts';
import { importFuel } from './import-fuel.ts';
import { importKind } from './imports.ts';
import { rewriteCode } from './instrument.ts';
import { concat, unsigned } from './leb.ts';
import { boundTables } from './tables.ts';

export { fuelImport } from './import-fuel.ts';
export { startExport };

const mayImport = [importKind.table, importKind.memory, importKind.global];
const hasMaximum = 0x01;

/** Pages that its own memory begins with; undefined where it has none. @throws as `instrumentPart` */
export function memoryOf(core: Uint8Array): number | undefined {
	const memory = readModule(core, mayImport).sections.get(section.memory);
	return memory === undefined ? undefined : readLimits(memory)?.minimum;
}

/**
 * @param core a valid module
 * @param mostPages that its memory may grow to, in pages of 64 KiB
 * @throws ComponentError `not-a-component`, `instruction-unknown`, `import-unknown`, `export-reserved`, `tables-too-large`,
 * `memory-unbounded`, `module-too-complex`
 */
export function instrumentPart(
	core: Uint8Array,
	{ mostPages }: { readonly mostPages: number },
): Uint8Array<ArrayBuffer> {
	const { core: fuelled, fuel } = importFuel(core);
	const module = readModule(fuelled, mayImport);
	const sections = new Map([
		...withStartExported(module),
		...boundTables(module.sections),
		...boundMemory(module.sections, mostPages),
	]);
	const atEnd = module.names === undefined ? [] : [{ id: section.custom, body: module.names }];
	const code = rewriteCode({ ...module, sections, globals: fuel }, { hasGate: false });
	const { functions } = code;
	if (functions.length === 0) return writeModule(sections, { beforeCode: [], atEnd });
	const hints = branchHints(module, code);
	const bodies = functions.flatMap(({ bytes }) => [unsigned(bytes.length), bytes]);
	sections.set(section.code, concat([unsigned(functions.length), ...bodies]));
	return writeModule(sections, { beforeCode: [customSection('metadata.code.branch_hint', hints)], atEnd });
}

/** The sections with the start function exported instead of started. */
function withStartExported({ sections, exports, start }: CoreModule): Map<number, Uint8Array> {
	if (exports.has(startExport))
		throw new ComponentError(
			'export-reserved',
			`the module exports "${startExport}", which is the platform's`,
		);
	const extended = new Map(sections);
	if (start === undefined) return extended;
	const added = exportEntry(startExport, exportKind.function, start);
	extended.set(section.export, append(sections.get(section.export), [added]));
	extended.delete(section.start);
	return extended;
}

function boundMemory(sections: ReadonlyMap<number, Uint8Array>, mostPages: number): Map<number, Uint8Array> {
	const memory = sections.get(section.memory);
	const limits = memory === undefined ? undefined : readLimits(memory);
	if (limits === undefined) return new Map();
	if (limits.minimum > mostPages)
		throw new ComponentError(
			'memory-unbounded',
			`the module begins with ${limits.minimum} pages of memory; its manifest's budget leaves it ${mostPages}`,
		);
	const maximum = Math.min(limits.maximum, mostPages);
	return new Map([[section.memory, concat([[1, hasMaximum], unsigned(limits.minimum), unsigned(maximum)])]]);
}

function readLimits(memory: Uint8Array): { minimum: number; maximum: number } | undefined {
	const bytes = new Bytes(memory);
	const count = bytes.u32();
	if (count === 0) return undefined;
	const flags = bytes.byte();
	if (count > 1 || flags > hasMaximum)
		throw new ComponentError('memory-unbounded', 'a module may have one memory, 32-bit and unshared');
	const minimum = bytes.u32();
	return { minimum, maximum: flags === hasMaximum ? bytes.u32() : 65_536 };
}
