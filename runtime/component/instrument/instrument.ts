/**
 * Makes every call into a core module end: it counts fuel down and traps when there is none left.
 *
 * A mutable global holds the fuel. It comes last among the globals, so no index changes; a valid
 * module cannot name an index that it does not have, and nothing but functions can be imported, so
 * only the checks and the host ever reach it. Checks stand at the entry of functions, at the head
 * of loops, in long code without either, and in front of what moves memory or tables; a chain of
 * tail calls passes entries. Tables are bounded too, as no call returns their memory.
 *
 * The same module gives the same checks, so a turn ends at the same instruction on every box.
 */
import { Bytes } from '../bytes.ts';
import { ComponentError } from '../error.ts';
import { branchHints } from './branch-hints.ts';
import { checksOf } from './charge.ts';
import { type CoreModule, customSection, readModule, section, writeModule } from './core-module.ts';
import { freeFunctions } from './free-functions.ts';
import { fuelExport, startExport } from './fuel.ts';
import { exchangesOf, isWorthLocal } from './fuel-in-local.ts';
import { type RewrittenFunction, rewriteFunction } from './function-rewriter.ts';
import { type ScannedFunction, scanFunction } from './function-scan.ts';
import { concat, sized, unsigned } from './leb.ts';
import { boundTables } from './tables.ts';

/**
 * @param core a valid module: what one of no validity becomes is not said
 * @throws ComponentError `not-a-component`, `instruction-unknown`, `import-unknown`, `export-reserved`, `tables-too-large`
 */
export function instrument(core: Uint8Array): Uint8Array<ArrayBuffer> {
	return rewrite(core).bytes;
}

export interface Rewritten {
	readonly bytes: Uint8Array<ArrayBuffer>;
	/** What it was made of. */
	readonly module: CoreModule;
	/** Its functions with their checks, in order. */
	readonly functions: readonly RewrittenFunction[];
}

/** As `instrument`, with what became of each function. */
export function rewrite(core: Uint8Array): Rewritten {
	const module = readModule(core);
	const functions = rewriteFunctions(module);
	const code = concat([
		unsigned(functions.length),
		...functions.flatMap(({ bytes }) => [unsigned(bytes.length), bytes]),
	]);
	const hints = branchHints(
		functions.map(({ branchesAt }, place) => [module.importedFunctions + place, branchesAt]),
	);
	const sections = new Map([...withFuel(module), ...boundTables(module.sections), [section.code, code]]);
	const bytes = writeModule(sections, {
		beforeCode: [customSection('metadata.code.branch_hint', hints)],
		atEnd: module.names === undefined ? [] : [{ id: section.custom, body: module.names }],
	});
	return { bytes, module, functions };
}

function rewriteFunctions({ functions, importedFunctions, globals }: CoreModule): RewrittenFunction[] {
	const scanned = functions.map(({ body }) => scanFunction(body));
	const weights = freeFunctions(scanned, importedFunctions);
	return functions.map(({ parameters, body }, place) => {
		const seen = scanned[place] as ScannedFunction;
		return rewriteFunction(body, {
			checks: weights.isFree(place) ? [] : checksOf(body, seen, weights),
			exchanges: isWorthLocal(seen, weights) ? exchangesOf(body, weights) : undefined,
			global: globals,
			parameters,
		});
	});
}

const exportKind = { function: 0, global: 3 } as const;
/** `(global (mut i32) (i32.const 0))`: nothing runs before the host has given fuel. */
const emptyTank = [0x7f, 0x01, 0x41, 0x00, 0x0b];

/** The sections with the tank in them, and with the start function exported instead of started. */
export function withFuel(module: CoreModule): Map<number, Uint8Array> {
	const { sections, globals, exports, start } = module;
	for (const name of [fuelExport, startExport])
		if (exports.has(name))
			throw new ComponentError('export-reserved', `the module exports "${name}", which is the platform's`);
	const added = [entry(fuelExport, exportKind.global, globals)];
	if (start !== undefined) added.push(entry(startExport, exportKind.function, start));
	const extended = new Map(sections);
	extended.set(section.global, append(sections.get(section.global), [emptyTank]));
	extended.set(section.export, append(sections.get(section.export), added));
	extended.delete(section.start);
	return extended;
}

function entry(name: string, kind: number, index: number): number[] {
	return [...sized(new TextEncoder().encode(name)), kind, ...unsigned(index)];
}

function append(
	vector: Uint8Array = new Uint8Array(1),
	elements: readonly (readonly number[])[],
): Uint8Array {
	const bytes = new Bytes(vector);
	const count = bytes.u32();
	return concat([unsigned(count + elements.length), bytes.take(bytes.left), ...elements]);
}
