/**
 * Tells the engine that checks hardly ever find the fuel used up (branch hinting proposal).
 *
 * Without, it makes room for the trap on the way that is always taken.
 */
import { pushUnsigned } from './leb.ts';

const unlikely = 0;

/** Content of `metadata.code.branch_hint`, by function index and offset in the body, both rising. */
export function branchHints(
	functions: readonly (readonly [index: number, branchesAt: readonly number[]])[],
): Uint8Array {
	const hinted = functions.filter(([, branchesAt]) => branchesAt.length > 0);
	const content: number[] = [];
	pushUnsigned(content, hinted.length);
	for (const [index, branchesAt] of hinted) {
		pushUnsigned(content, index);
		pushUnsigned(content, branchesAt.length);
		for (const at of branchesAt) {
			pushUnsigned(content, at);
			content.push(1, unlikely);
		}
	}
	return Uint8Array.from(content);
}
