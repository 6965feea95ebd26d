/**
 * Tells the engine that checks hardly ever find the fuel used up (branch hinting proposal).
 *
 * Without, it makes room for the trap on the way that is always taken.
 */
import { concat, unsigned } from './leb.ts';

const unlikely = 0;

/** Content of `metadata.code.branch_hint`, by function index and offset in the body, both rising. */
export function branchHints(
	functions: readonly (readonly [index: number, branchesAt: readonly number[]])[],
): Uint8Array {
	const hinted = functions.filter(([, branchesAt]) => branchesAt.length > 0);
	return concat([
		unsigned(hinted.length),
		...hinted.flatMap(([index, branchesAt]) => [
			unsigned(index),
			unsigned(branchesAt.length),
			...branchesAt.map((at) => [...unsigned(at), 1, unlikely]),
		]),
	]);
}
