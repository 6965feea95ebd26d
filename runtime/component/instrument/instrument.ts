/**
 * Makes every call into a core module end: it counts fuel down and asks for more when there is none left.
 *
 * A mutable global holds the fuel. It comes last among the globals, as all that is added comes last
 * among its like, so no index changes; a valid module cannot name an index that it does not have, and
 * nothing but functions can be imported, so only the checks and the host ever reach it. Checks stand at
 * the entry of functions, at the head of loops, in long code without either, and in front of what moves
 * memory or tables; a chain of tail calls passes entries. An entry needs none where little can be done
 * before a loop's head or another check; a small function that calls itself passes half as many, with those
 * calls in it once. Tables are bounded too, as no call returns their memory. Whatever is state is made
 * reachable for the host (`state-access.ts`).
 *
 * The same module gives the same checks, so a turn ends at the same instruction on every box. What
 * the specification leaves open is closed: the bits of a NaN, and why `memory.grow` fails.
 */
import { ComponentError } from '../error.ts';
import { append, exportEntry, exportKind } from './additions.ts';
import { branchHints, type CheckedFunctions } from './branch-hints.ts';
import { canonicalNans } from './canonical-nans.ts';
import { certainGrowth, maximumOf } from './certain-growth.ts';
import { checksOf } from './charge.ts';
import {
	type CoreModule,
	customSection,
	type FunctionType,
	readModule,
	section,
	writeModule,
} from './core-module.ts';
import { freeFunctions } from './free-functions.ts';
import { fillExport, gateExport, leftExport, startExport } from './fuel.ts';
import { exchangesOf, isWorthLocal } from './fuel-in-local.ts';
import { CheckCodes, type RewrittenFunction, rewriteFunction } from './function-rewriter.ts';
import { type FunctionBody, scanFunction } from './function-scan.ts';
import { InsertionBudget } from './insertion-budget.ts';
import { concat, sized, unsigned } from './leb.ts';
import { op } from './opcodes.ts';
import { withOwnCalls } from './own-calls.ts';
import { withState } from './state-access.ts';
import { boundTables } from './tables.ts';

/**
 * @param core a valid module: what one of no validity becomes is not said
 * @throws ComponentError `not-a-component`, `instruction-unknown`, `import-unknown`, `export-reserved`, `tables-too-large`,
 * `module-too-complex`
 */
export function instrument(core: Uint8Array): Uint8Array<ArrayBuffer> {
	return rewrite(core).bytes;
}

export interface Rewritten {
	readonly bytes: Uint8Array<ArrayBuffer>;
	/** What it was made of. */
	readonly module: CoreModule;
	/** Its functions before the checks, in order: each knows what it was made of. */
	readonly bodies: readonly FunctionBody[];
	/** Its functions with their checks, in order. */
	readonly functions: readonly RewrittenFunction[];
}

/** As `instrument`, with what became of each function. */
export function rewrite(core: Uint8Array): Rewritten {
	const module = readModule(core);
	const code = rewriteCode(module, { hasGate: true });
	const { scanned, bodies, functions } = code;
	const hints = branchHints(module, code);
	const { sections, description } = withState(
		module,
		scanned,
		withTank(
			module,
			functions.map(({ bytes }) => bytes),
		),
	);
	const bytes = writeModule(sections, {
		beforeCode: [customSection('metadata.code.branch_hint', hints)],
		atEnd: [description, ...(module.names === undefined ? [] : [{ id: section.custom, body: module.names }])],
	});
	return { bytes, module, bodies, functions };
}

interface RewrittenCode extends CheckedFunctions {
	/** Before the checks: with what has to be charged too. */
	readonly bodies: readonly FunctionBody[];
}

/**
 * Its functions with checks that count down the global of index `globals`.
 *
 * @param hasGate whether the gate of `withTank` is called when the fuel is used up; without it the call ends
 * @throws ComponentError `module-too-complex`, and as the passes do
 */
export function rewriteCode(module: CoreModule, { hasGate }: { readonly hasGate: boolean }): RewrittenCode {
	const { importedFunctions, arities, globals, types, tables } = module;
	// First, so that what it adds is charged too.
	const maximum = maximumOf(module.sections);
	const budget = new InsertionBudget();
	const functions = module.functions.map(({ parameters, body: given }, place) => {
		const certain = canonicalNans(certainGrowth(given, { parameters, maximum }), parameters, module);
		const index = importedFunctions + place;
		const { body, seen } = withOwnCalls(certain, scanFunction(certain), {
			index,
			type: arities[index] as FunctionType,
		});
		budget.takeBytes(body.bytes.length - given.bytes.length);
		return { parameters, body, seen };
	});
	for (const { parameters, body, seen } of functions) {
		budget.takeLoops(seen.regions.length - 1 + seen.bulkAt.length);
		budget.takeMeetings(parameters + body.locals, seen.branches);
	}
	const scanned = functions.map(({ seen }) => seen);
	const weights = freeFunctions(scanned, importedFunctions);
	const codes = new CheckCodes({
		global: globals,
		gate: hasGate ? { type: types.length, table: tables } : undefined,
	});
	const rewritten = functions.map(({ parameters, body, seen }, place) => {
		const made = rewriteFunction(body, {
			checks: weights.isFree(place) ? [] : checksOf(body, seen, weights),
			exchanges: isWorthLocal(seen, weights) ? exchangesOf(body, weights) : undefined,
			codes,
			parameters,
		});
		budget.takeBytes(made.bytes.length - body.bytes.length);
		return made;
	});
	return { scanned, bodies: functions.map(({ body }) => body), functions: rewritten };
}

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
		exportEntry(fillExport, exportKind.function, added),
		exportEntry(leftExport, exportKind.function, added + 1),
		exportEntry(gateExport, exportKind.table, tables),
	];
	if (start !== undefined) exported.push(exportEntry(startExport, exportKind.function, start));
	const extend = (id: number, elements: readonly (readonly number[])[]): void => {
		sections.set(id, append(sections.get(id), elements));
	};
	extend(section.type, [nothingToNothing, i32ToNothing, nothingToI32]);
	extend(section.function, [unsigned(types.length + 1), unsigned(types.length + 2)]);
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
