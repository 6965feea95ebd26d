/** The direct linker: a compiled module and what it was granted become a guest that can be called. */
import type { StringEncoding } from './decode.ts';
import {
	type Effect,
	type Event,
	type Init,
	importsOf,
	type Result,
	ServiceGuest,
	type ServiceHost,
} from './generated/service.ts';
import { GuestMemory } from './guest-memory.ts';
import { FuelTank, fuelExport, startExport } from './instrument/fuel.ts';
import { LinkError } from './link-error.ts';

export interface LinkOptions {
	/** Compiled from what `instrument` made. */
	readonly module: WebAssembly.Module;
	readonly encoding: StringEncoding;
	/** What is left out cannot be linked. */
	readonly host: ServiceHost;
	/** The most bytes that the host copies out of the guest in one call. */
	readonly mostBytes: number;
	/** Units that each call may use, the module's start function included: see `fuelFor`. */
	readonly fuel: number;
}

/** Every call: @throws LinkError, WebAssembly.RuntimeError; then it must not be called again. */
export interface Guest {
	start(now: bigint, init: Init): Result<Effect[], string>;
	turn(now: bigint, inbox: Event[]): Result<Effect[], string>;
	memoryBytes(): number;
}

/** Constructors of C++ and Rust, which no start function calls. */
const initializeExport = '_initialize';

/** Runs the module's start function and its constructors. @throws LinkError, WebAssembly.RuntimeError, WebAssembly.LinkError */
export function linkService({ module, encoding, host, mostBytes, fuel }: LinkOptions): Guest {
	const memory = new GuestMemory({ encoding, mostBytes });
	const charge = (bytes: number): void => tank.take(hostCallUnits + (bytes >>> bytesPerUnit));
	const instance = new WebAssembly.Instance(module, importsOf(charged(host, charge), memory));
	const { [fuelExport]: global, [startExport]: begin, [initializeExport]: initialize } = instance.exports;
	if (!(global instanceof WebAssembly.Global))
		throw new LinkError('missing-export', 'the module has no fuel: it was not instrumented');
	const tank = new FuelTank(global as WebAssembly.Global<'i32'>);
	const run = <T>(call: () => T): T => {
		tank.fill(fuel);
		try {
			return call();
		} catch (cause) {
			if (!tank.isEmpty) throw cause;
			throw new LinkError('out-of-fuel', `the guest used up its ${fuel} units of fuel`, { cause });
		}
	};
	// Before the memory is attached: a start function may call no import.
	if (typeof begin === 'function') run(() => begin());
	if (typeof initialize === 'function') run(() => initialize());
	const guest = new ServiceGuest(instance, memory);
	return {
		start: (now, init) => run(() => guest.start(now, init)),
		turn: (now, inbox) => run(() => guest.turn(now, inbox)),
		memoryBytes: () => memory.byteLength,
	};
}

/** Fuel for one call of an import, and bytes that one more unit pays for, as a power of two. */
const hostCallUnits = 64;
const bytesPerUnit = 4;

/** What the host does for the guest is paid by the guest. */
function charged({ log, keyValue }: ServiceHost, charge: (bytes: number) => void): ServiceHost {
	return {
		...(log && {
			log: {
				write: (level, text) => {
					charge(text.length);
					log.write(level, text);
				},
			},
		}),
		...(keyValue && {
			keyValue: {
				get: (key) => {
					const value = keyValue.get(key);
					charge(key.length + (value?.length ?? 0));
					return value;
				},
			},
		}),
	};
}
