/**
 * Makes every call into a core module end: it counts fuel down and asks for more when there is none left.
 *
 * A mutable global holds the fuel. It comes last among the globals, as all that is added comes last
 * among its like, so no index changes; a valid module cannot name an index that it does not have, and
 * nothing but functions can be imported, so only the checks and the host ever reach it. Checks stand at
 * the entry of functions, at the head of loops, in long code without either, and in front of what moves
 * memory or tables; a chain of tail calls passes entries. An entry needs none where little can be done
 * before a loop's head or another check. Tables are bounded too, as no call returns
 * their memory.
 *
 * The same module gives the same checks, so a turn ends at the same instruction on every box.
 */
import { Bytes } from '../bytes.ts';
import { ComponentError } from '../error.ts';
import { branchHints } from './branch-hints.ts';
import { checksOf } from './charge.ts';
import { type CoreModule, customSection, readModule, section, writeModule } from './core-module.ts';
import { freeFunctions } from './free-functions.ts';
import { fillExport, gateExport, leftExport, startExport } from './fuel.ts';
import { exchangesOf, isWorthLocal } from './fuel-in-local.ts';
import { rewriteFunction } from './function-rewriter.ts';
import { type ScannedFunction, scanFunction } from './function-scan.ts';
import { concat, sized, unsigned } from './leb.ts';
import { op } from './opcodes.ts';
import { boundTables } from './tables.ts';

/**
 * @param core a valid module: what one of no validity becomes is not said
 * @throws ComponentError `not-a-component`, `instruction-unknown`, `import-unknown`, `export-reserved`, `tables-too-large`
 */
export function instrument(core: Uint8Array): Uint8Array<ArrayBuffer> {
	const module = readModule(core);
	const { bodies, hints } = rewriteCode(module);
	return writeModule(withTank(module, bodies), {
		beforeCode: [customSection('metadata.code.branch_hint', hints)],
		atEnd: module.names === undefined ? [] : [{ id: section.custom, body: module.names }],
	});
}

function rewriteCode({ functions, importedFunctions, globals, types, tables }: CoreModule): {
	bodies: Uint8Array[];
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
			gate: { type: types, table: tables },
			parameters,
		});
	});
	return {
		bodies: rewritten.map(({ bytes }) => bytes),
		hints: branchHints(rewritten.map(({ branchesAt }, place) => [importedFunctions + place, branchesAt])),
	};
}

const exportKind = { function: 0, table: 1 } as const;
const i32 = 0x7f;
/** `(global (mut i32) (i32.const 0))`: nothing runs before the host has given fuel. */
const emptyTank = [i32, 0x01, op.i32Const, 0x00, op.end];
/** `(table 1 1 funcref)`: the host puts in the function that is called when the fuel is used up. */
const gateTable = [0x70, 0x01, 0x01, 0x01];
const nothingToNothing = [0x60, 0, 0];
const i32ToNothing = [0x60, 1, i32, 0];
const nothingToI32 = [0x60, 0, 1, i32];

/** The sections with the tank, its functions and the gate in them, and the start function exported instead of started. */
export function withTank(module: CoreModule, bodies: readonly Uint8Array[]): Map<number, Uint8Array> {
	const { globals, exports, start, types, tables, importedFunctions, functions } = module;
	const sections = new Map([...module.sections, ...boundTables(module.sections)]);
	for (const name of [fillExport, leftExport, gateExport, startExport])
		if (exports.has(name))
			throw new ComponentError('export-reserved', `the module exports "${name}", which is the platform's`);
	const added = importedFunctions + functions.length;
	const fill = [0, op.localGet, 0, op.globalSet, ...unsigned(globals), op.end];
	const left = [0, op.globalGet, ...unsigned(globals), op.end];
	const exported = [
		entry(fillExport, exportKind.function, added),
		entry(leftExport, exportKind.function, added + 1),
		entry(gateExport, exportKind.table, tables),
	];
	if (start !== undefined) exported.push(entry(startExport, exportKind.function, start));
	const extend = (id: number, elements: readonly (readonly number[])[]): void => {
		sections.set(id, append(sections.get(id), elements));
	};
	extend(section.type, [nothingToNothing, i32ToNothing, nothingToI32]);
	extend(section.function, [unsigned(types + 1), unsigned(types + 2)]);
	extend(section.table, [gateTable]);
	extend(section.global, [emptyTank]);
	extend(section.export, exported);
	sections.delete(section.start);
	sections.set(
		section.code,
		concat([
			unsigned(bodies.length + 2),
			...bodies.flatMap((body) => [unsigned(body.length), body]),
			sized(fill),
			sized(left),
		]),
	);
	return sections;
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
