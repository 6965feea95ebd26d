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
import { rewriteFunction } from './function-rewriter.ts';
import { type ScannedFunction, scanFunction } from './function-scan.ts';
import { concat, sized, unsigned } from './leb.ts';
import { boundTables } from './tables.ts';

/**
 * @param core a valid module: what one of no validity becomes is not said
 * @throws ComponentError `not-a-component`, `instruction-unknown`, `import-unknown`, `export-reserved`, `tables-too-large`
 */
export function instrument(core: Uint8Array): Uint8Array<ArrayBuffer> {
	const module = readModule(core);
	const { code, hints } = rewriteCode(module);
	const sections = new Map([...withFuel(module), ...boundTables(module.sections), [section.code, code]]);
	return writeModule(sections, {
		beforeCode: [customSection('metadata.code.branch_hint', hints)],
		atEnd: module.names === undefined ? [] : [{ id: section.custom, body: module.names }],
	});
}

/** The code section with checks that count down the global of index `globals`. */
export function rewriteCode({ functions, importedFunctions, globals }: CoreModule): {
	code: Uint8Array;
	hints: Uint8Array;
} {
	const scanned = functions.map(({ body }) => scanFunction(body));
	const weights = freeFunctions(scanned, importedFunctions);
	const rewritten = functions.map(({ parameters, body }, place) => {
		const seen = scanned[place] as ScannedFunction;
		return rewriteFunction(body, {
			checks: weights.isFree(place) ? [] : checksOf(body, seen, weights),
			exchanges: isWorthLocal(seen, weights) ? exchangesOf(body, weights) : undefined,
			global: globals,
			parameters,
		});
	});
	return {
		code: concat([
			unsigned(rewritten.length),
			...rewritten.flatMap(({ bytes }) => [unsigned(bytes.length), bytes]),
		]),
		hints: branchHints(rewritten.map(({ branchesAt }, place) => [importedFunctions + place, branchesAt])),
	};
}

const exportKind = { function: 0, global: 3 } as const;
/** `(global (mut i32) (i32.const 0))`: nothing runs before the host has given fuel. */
const emptyTank = [0x7f, 0x01, 0x41, 0x00, 0x0b];

/** The sections with the tank in them, and with the start function exported instead of started. */
export function withFuel(module: CoreModule): Map<number, Uint8Array> {
	const { sections, globals } = module;
	const extended = withStartExported(module);
	extended.set(section.global, append(sections.get(section.global), [emptyTank]));
	const tank = entry(fuelExport, exportKind.global, globals);
	extended.set(section.export, append(extended.get(section.export), [tank]));
	return extended;
}

/** The sections with the start function exported instead of started. @throws ComponentError `export-reserved` */
export function withStartExported({ sections, exports, start }: CoreModule): Map<number, Uint8Array> {
	for (const name of [fuelExport, startExport])
		if (exports.has(name))
			throw new ComponentError('export-reserved', `the module exports "${name}", which is the platform's`);
	const extended = new Map(sections);
	if (start === undefined) return extended;
	const added = entry(startExport, exportKind.function, start);
	extended.set(section.export, append(sections.get(section.export), [added]));
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
