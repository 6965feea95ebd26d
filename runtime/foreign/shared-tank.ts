/** The fuel of all core instances of a component together, and what one call may make the host copy. */
import { FuelTank } from '../component/instrument/fuel.ts';
import { LinkError } from '../component/link-error.ts';

/** Fuel for a call from a guest into glue: about what it takes, as the glue is slow. */
const hostCallUnits = 1000;
/** Bytes that one more unit pays for, as a power of two. */
const bytesPerUnit = 4;

export interface SharedTankOptions {
	/** Units of one call into the component. */
	readonly fuel: number;
	/** Bytes that one call may make the host copy. */
	readonly mostBytes: number;
}

export class SharedTank {
	readonly global = new WebAssembly.Global({ value: 'i32', mutable: true }, 0);
	readonly #tank = new FuelTank({
		fill: (units) => {
			this.global.value = units;
		},
		left: () => this.global.value,
	});
	readonly #options: SharedTankOptions;
	#bytesLeft = 0;

	constructor(options: SharedTankOptions) {
		this.#options = options;
	}

	/** Fills it for a call. @throws LinkError `out-of-fuel` when the call has used it up, or what the call throws */
	run<T>(call: () => T): T {
		this.#tank.fill(this.#options.fuel);
		this.#bytesLeft = this.#options.mostBytes;
		try {
			return call();
		} catch (cause) {
			if (!this.#tank.isEmpty || cause instanceof LinkError) throw cause;
			const { fuel } = this.#options;
			throw new LinkError('out-of-fuel', `the guest used up its ${fuel} units of fuel`, { cause });
		}
	}

	/** Units that the last call used. */
	get used(): number {
		return this.#tank.used;
	}

	chargeCall(): void {
		this.#tank.take(hostCallUnits);
	}

	/** @throws LinkError `malformed-value` when it is more than one call may pass */
	chargeBytes(bytes: number): void {
		this.#tank.take(bytes >>> bytesPerUnit);
		this.#bytesLeft -= bytes;
		if (this.#bytesLeft < 0) {
			const { mostBytes } = this.#options;
			throw new LinkError('malformed-value', `the guest passed more than ${mostBytes} bytes in one call`);
		}
	}
}
