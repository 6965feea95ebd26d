/**
 * Tells the engine that checks hardly ever find the fuel used up (branch hinting proposal).
 *
 * Without, it makes room for the trap on the way that is always taken. It keeps a table for each function that it is
 * told anything of: so it is told of those that come back to their checks by themselves.
 */
import type { CoreModule } from './core-module.ts';
import type { RewrittenFunction } from './function-rewriter.ts';
import type { ScannedFunction } from './function-scan.ts';
import { pushUnsigned } from './leb.ts';

const unlikely = 0;

/** The functions of a module before and with their checks, in order. */
export interface CheckedFunctions {
	readonly scanned: readonly ScannedFunction[];
	readonly functions: readonly RewrittenFunction[];
}

/** Content of `metadata.code.branch_hint`, by function index and offset in the body, both rising. */
export function branchHints(
	{ importedFunctions }: Pick<CoreModule, 'importedFunctions'>,
	{ scanned, functions }: CheckedFunctions,
): Uint8Array {
	const hinted = functions
		.map(({ branchesAt }, place) => ({ place, index: importedFunctions + place, branchesAt }))
		.filter(
			({ place, index, branchesAt }) =>
				branchesAt.length > 0 && comesBack(scanned[place] as ScannedFunction, index),
		);
	const content: number[] = [];
	pushUnsigned(content, hinted.length);
	for (const { index, branchesAt } of hinted) {
		pushUnsigned(content, index);
		pushUnsigned(content, branchesAt.length);
		for (const at of branchesAt) {
			pushUnsigned(content, at);
			content.push(1, unlikely);
		}
	}
	return Uint8Array.from(content);
}

/** It has loops, or calls itself. */
function comesBack({ regions }: ScannedFunction, index: number): boolean {
	return regions.length > 1 || regions[0]?.calls.includes(index) === true;
}
