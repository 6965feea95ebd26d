/** Bounds what the pass adds to a module, and what the engine spends on a function when it is first called. */
import { ComponentError } from '../error.ts';

/**
 * A loop of three bytes or an addition of one gets a score of them. Ten times what compilers of
 * whole languages make of the largest module that a box takes.
 */
const mostLoops = 262_144;
const mostAddedBytes = 8_388_608;

/**
 * Locals times branches: where ways meet, the engine holds every local against every other way. It
 * compiles a function in its first call, where no fuel is counted: this is a tenth of a second.
 */
const mostMeetings = 4_194_304;
const mostMeetingsInAll = 67_108_864;

export class InsertionBudget {
	#loops = mostLoops;
	#bytes = mostAddedBytes;
	#meetings = mostMeetingsInAll;

	/** @throws ComponentError `module-too-complex` */
	takeLoops(count: number): void {
		this.#loops -= count;
		if (this.#loops < 0) throw tooComplex(`more than ${mostLoops} loops and instructions that move memory`);
	}

	/** @throws ComponentError `module-too-complex` */
	takeBytes(count: number): void {
		this.#bytes -= count;
		if (this.#bytes < 0) throw tooComplex(`code that needs more than ${mostAddedBytes} bytes of checks`);
	}

	/** @throws ComponentError `module-too-complex` */
	takeMeetings(locals: number, branches: number): void {
		const count = locals * branches;
		this.#meetings -= count;
		if (count > mostMeetings || this.#meetings < 0)
			throw tooComplex(`a function with ${locals} locals and ${branches} branches`);
	}
}

function tooComplex(what: string): ComponentError {
	return new ComponentError('module-too-complex', `the module has ${what}`);
}
