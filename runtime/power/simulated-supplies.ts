/** Power that is there and goes as it is told: the double of `PowerSupplies`. */
import type { BatteryReading, PowerReading, PowerSupplies } from './power-supplies.ts';

export class SimulatedSupplies implements PowerSupplies {
	#reading: PowerReading = { hasMains: true, battery: { percent: 100, secondsLeft: undefined } };
	#failure: Error | undefined;

	async read(): Promise<PowerReading> {
		if (this.#failure !== undefined) throw this.#failure;
		return this.#reading;
	}

	setMains(hasMains: boolean | undefined): void {
		this.#reading = { ...this.#reading, hasMains };
	}

	/** Undefined takes it out. */
	setBattery(change: Partial<BatteryReading> | undefined): void {
		const before = this.#reading.battery ?? { percent: undefined, secondsLeft: undefined };
		this.#reading = { ...this.#reading, battery: change && { ...before, ...change } };
	}

	/** Until it is told otherwise by `undefined`. */
	failWith(failure: Error | undefined): void {
		this.#failure = failure;
	}
}
