/**
 * Bounds what a module can make the box spend before it runs: reading, checking and compiling it.
 *
 * Small files can be expensive: a million functions of three bytes each, fifty thousand locals that
 * a byte announces, a function that keeps the optimiser busy for minutes. The limits are far above
 * what compilers make; interpreters of whole languages stay below them.
 */
import { Bytes, sectionsOf } from './bytes.ts';
import { ComponentError } from './error.ts';

/** Elements of each section, by its id. */
const mostElements: Readonly<Record<number, readonly [what: string, most: number]>> = {
	1: ['types', 4_096],
	2: ['imports', 512],
	3: ['functions', 32_768],
	6: ['globals', 4_096],
	7: ['exports', 4_096],
};
const mostFunctionBytes = 262_144;
const mostLocals = 10_000;
/** Of all functions together: the engine keeps some state for each, wherever it looks at a branch. */
const mostLocalsInAll = 1_000_000;
const mostValuesPerType = 256;

const typeSection = 1;
const codeSection = 10;

/** @throws ComponentError `module-too-complex`, `not-a-component` */
export function checkLimits(core: Uint8Array): void {
	for (const { id, body } of sectionsOf(core)) {
		const limit = mostElements[id];
		if (limit !== undefined) {
			const [what, most] = limit;
			const count = new Bytes(body).u32();
			if (count > most) throw tooComplex(`${count} ${what}; ${most} are allowed`);
		}
		if (id === typeSection) checkTypes(new Bytes(body));
		if (id === codeSection) checkCode(new Bytes(body));
	}
}

function checkTypes(bytes: Bytes): void {
	for (let left = bytes.u32(); left > 0; left--) {
		// Other types than those of functions are refused where they are read.
		if (bytes.byte() !== 0x60) return;
		for (let lists = 2; lists > 0; lists--) {
			const count = bytes.u32();
			if (count > mostValuesPerType)
				throw tooComplex(`a function with ${count} parameters or results; ${mostValuesPerType} are allowed`);
			bytes.take(count);
		}
	}
}

function checkCode(bytes: Bytes): void {
	let inAll = 0;
	for (let left = bytes.u32(); left > 0; left--) {
		const size = bytes.u32();
		if (size > mostFunctionBytes)
			throw tooComplex(`a function of ${size} bytes; ${mostFunctionBytes} are allowed`);
		const locals = localsOf(new Bytes(bytes.take(size)));
		inAll += locals;
		if (locals > mostLocals) throw tooComplex(`a function with ${locals} locals; ${mostLocals} are allowed`);
		if (inAll > mostLocalsInAll) throw tooComplex(`more than ${mostLocalsInAll} locals in all`);
	}
}

function localsOf(body: Bytes): number {
	let locals = 0;
	for (let left = body.u32(); left > 0; left--) {
		locals += body.u32();
		body.byte();
	}
	return locals;
}

function tooComplex(what: string): ComponentError {
	return new ComponentError('module-too-complex', `the module has ${what}`);
}
