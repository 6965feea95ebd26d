/**
 * Sets the engine's optimiser to guests with checks and to cells: for the whole process, before anything is compiled.
 * An image does it before it loads the firmware (`image/root/start.ts`): what the engine compiled under other flags it
 * does not take.
 */
import { getCompileCacheDir } from 'node:module';
import { setFlagsFromString } from 'node:v8';

export const engineFlags = [
	// A loop with a check gets slower by being unrolled, one without hardly faster.
	'--no-wasm-loop-unrolling',
	// By default a third is left to modules with few small functions, and checks make small ones larger.
	'--wasm-inlining-budget=15000',
	// By default a function may grow to three times its size by what is inlined, its checks included.
	'--wasm-inlining-factor=6',
	// The way of a message through a cell is many small functions: all of them become one. With less room, the
	// order in which they were called first decides which do, and a message takes a tenth longer.
	'--max-inlined-bytecode-size=900',
	'--max-inlined-bytecode-size-cumulative=12000',
	'--max-inlined-bytecode-size-absolute=20000',
	// What is compiled was validated whole when it was installed, before its checks were put in: twice is once too many
	// for each start and wake.
	'--wasm-lazy-validation',
	// The quick compiler has most to do at a start, for code that hardly runs again; what runs often is optimised anyway.
	'--no-sparkplug',
	// For `reclaim.ts`.
	'--expose-gc',
];

/** Of a box, whose program was compiled beforehand, and which starts more than it computes. */
export const imageFlags = [
	...engineFlags,
	// So that every function is compiled beforehand, not only those that run while a file is loaded.
	'--no-lazy',
	// What of that only a start needed goes with the first collection: it takes megabytes.
	'--bytecode-old-age=1',
];

export function tuneEngine(): void {
	for (const flag of engineFlags) setFlagsFromString(flag);
}

/** False where there is compiled code for this program that the engine does not take: starts take longer then. */
export function takesCompiledCode(): boolean {
	return process.env['NODE_COMPILE_CACHE'] === undefined || getCompileCacheDir() !== undefined;
}
