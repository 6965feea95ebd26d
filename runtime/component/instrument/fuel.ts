/** What a guest may do in one call: units of fuel, counted down by the guest's own code. */

/** Exports that the pass adds; a module that has one already is refused. */
export const fillExport = 'mullion:fill';
export const leftExport = 'mullion:left';
/** A table of one: the function that is called when the fuel is used up. */
export const gateExport = 'mullion:gate';
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

export interface TankFunctions {
	readonly fill: (units: number) => void;
	readonly left: () => number;
}

/** The fuel of one instance: a portion of what a call may use is in the guest, the rest is here. */
export class FuelTank {
	readonly #fill: (units: number) => void;
	readonly #left: () => number;
	#budget = 0;
	#reserve = 0;

	constructor({ fill, left }: TankFunctions) {
		this.#fill = fill;
		this.#left = left;
	}

	/** For a new call. */
	fill(budget: number, portion = budget): void {
		const first = Math.min(budget, portion);
		this.#budget = budget;
		this.#reserve = budget - first;
		this.#fill(first);
	}

	/** Hands out the next portion; false when the call has used up all that it may. */
	refill(portion: number): boolean {
		const owed = this.#left();
		const whole = this.#reserve + owed;
		if (whole < 0) return false;
		const next = Math.min(whole, portion);
		this.#reserve = whole - next;
		this.#fill(next);
		return true;
	}

	/** Charges work of the host for the guest, which notices at its next check. */
	take(units: number): void {
		this.#fill(this.#left() - units);
	}

	/** Units that the call has used so far. */
	get used(): number {
		return this.#budget - this.#reserve - this.#left();
	}

	get isEmpty(): boolean {
		return this.#reserve + this.#left() < 0;
	}
}
