/** What a guest may do in one call: units of fuel, counted down by the guest's own code. */

/** Exports that the pass adds; a module that has one already is refused. */
export const fuelExport = 'mullion:fuel';
/** The module's start function, which is called once there is fuel for it. */
export const startExport = 'mullion:start';

/**
 * Units that a millisecond of a manifest's `turnMs` buys.
 *
 * A unit is eight plain instructions or 32 bytes moved. Measured on a fast core, a millisecond of
 * code that the engine has not optimised yet takes 0.5 to 1 million of them, optimised code 1 to 10
 * million; a core of a set-top box is several times slower. So a turn ends before its time is over
 * on a fast core, and about in time on a slow one: at the same instruction on both.
 */
const unitsPerMs = 400_000;
const mostUnits = 0x7fff_ffff;

/** Units of fuel for a turn of so many milliseconds; from 5.3 s on it is the most that there is. */
export function fuelFor(turnMs: number): number {
	return Math.min(Math.ceil(turnMs * unitsPerMs), mostUnits);
}

/** The fuel of one instance, seen from the host. */
export class FuelTank {
	readonly #global: WebAssembly.Global<'i32'>;

	constructor(global: WebAssembly.Global<'i32'>) {
		this.#global = global;
	}

	fill(units: number): void {
		this.#global.value = units;
	}

	/** Charges work of the host for the guest, which notices at its next check. */
	take(units: number): void {
		this.#global.value = Math.max(this.#global.value - units, -1);
	}

	/** Units left of what it was filled with; 0 when it is empty. */
	get left(): number {
		return Math.max(this.#global.value, 0);
	}

	get isEmpty(): boolean {
		return this.#global.value < 0;
	}
}
