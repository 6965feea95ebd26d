/**
 * The direct linker: a core module of the service world becomes something that can be called.
 *
 * Its limit is a raw core call and two copies; everything beyond is what the contract demands.
 */
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
import { exportedFunction, GuestMemory } from './guest-memory.ts';
import { type GuestImage, GuestState } from './guest-state.ts';
import { FuelTank, fillExport, fuelFor, gateExport, leftExport, startExport } from './instrument/fuel.ts';
import { callKind, firstPortion, type Lane, type LaneCall } from './lane/lane.ts';
import { plainLane } from './lane/plain-lane.ts';
import { LinkError } from './link-error.ts';
import type { Slab } from './slab.ts';

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
	/** Where bytes of the guest are copied to; default one of its own. */
	readonly slab?: Slab | undefined;
	/** Who makes the guest's calls; default one that makes plain ones only. */
	readonly lane?: Lane;
	/** Whether the lane may suspend a call; default true. */
	readonly canPause?: boolean;
	/** The state to go on from, of a guest of the same module; its start function does not run again then. */
	readonly image?: GuestImage | undefined;
}

/** Every call: @throws LinkError, WebAssembly.RuntimeError; then it must not be called again. */
export interface Guest {
	/** The module's own start function, then the service's. */
	start(now: bigint, init: Init): Result<Effect[], string>;
	turn(now: bigint, inbox: Event[]): Result<Effect[], string>;
	memoryBytes(): number;
	/** Units of fuel that the last call used. */
	fuelUsed(): number;
	/** The same calls in steps, for a lane. */
	readonly steps?: GuestSteps;
	readonly state?: GuestState;
	/** Lets the guest clear memory that it does not use, so that it sleeps in fewer bytes; not all guests can. */
	rest?(): void;
}

/** A guest that is linked without glue: it can be suspended, and its state be taken. */
export type DirectGuest = Required<Guest>;

/** Each `open` makes `call` the one that the lane is to make; each `close` takes what it returned. */
export interface GuestSteps {
	readonly call: LaneCall;
	/** For the module's own start function and its constructors, before everything else; false once there are no more. */
	openBegin(): boolean;
	openStart(now: bigint, init: Init): void;
	closeStart(result: number): Result<Effect[], string>;
	/** @param now a whole number of up to 2^53 */
	openTurn(now: number, inbox: Event[]): void;
	closeTurn(result: number): Result<Effect[], string>;
	/** Takes the guest off the lane. */
	leave(): void;
}

/**
 * Nothing of the module runs yet: it is fresh, or goes on where `image` was taken.
 *
 * @throws LinkError, StateError, WebAssembly.LinkError
 */
export function linkService({
	module,
	encoding,
	host,
	mostBytes,
	fuel,
	slab,
	lane = plainLane(),
	canPause = true,
	image,
}: LinkOptions): DirectGuest {
	const memory = new GuestMemory({ encoding, mostBytes, slab });
	const charge = (bytes: number): void => tank.take(hostCallUnits + (bytes >>> bytesPerUnit));
	const instance = new WebAssembly.Instance(module, importsOf(charged(host, charge), memory));
	const { [gateExport]: gate, [restExport]: rest } = instance.exports;
	if (!(gate instanceof WebAssembly.Table))
		throw new LinkError('missing-export', 'the module has no gate: it was not instrumented');
	gate.set(0, lane.gate);
	const tank = new FuelTank({
		fill: exportedFunction(instance.exports, fillExport),
		left: exportedFunction(instance.exports, leftExport),
	});
	let attached: ServiceGuest | undefined;
	/** Attaching opens the imports: the module's own start function may call none. */
	const guest = (): ServiceGuest => {
		attached ??= new ServiceGuest(instance, memory);
		return attached;
	};
	const plainly = <T>(call: () => T): T => {
		tank.fill(fuel);
		return lane.plainly(tank, call);
	};
	const state = new GuestState(module, instance);
	if (image !== undefined) state.restore(image);
	return {
		start: (now, init) => {
			for (const name of beginnings) {
				const begin = instance.exports[name];
				if (typeof begin === 'function') plainly(() => begin());
			}
			return plainly(() => guest().start(now, init));
		},
		// As `plainly`, without a closure for every turn.
		turn: (now, inbox) => {
			tank.fill(fuel);
			const before = lane.enter(tank);
			try {
				return (attached ?? guest()).turn(now, inbox);
			} finally {
				lane.leave(before);
			}
		},
		memoryBytes: () => memory.byteLength,
		steps: new Steps({ instance, lane, tank, fuel, canPause, guest }),
		state,
		fuelUsed: () => tank.used,
		rest: () => {
			if (typeof rest !== 'function') return;
			tank.fill(Math.min(fuel, restFuel));
			lane.plainly(tank, () => rest());
		},
	};
}

/** What runs first, in this order: the start function, and the constructors of C++ and Rust, which it does not call. */
const beginnings: readonly string[] = [startExport, '_initialize'];

interface StepsOptions {
	readonly instance: WebAssembly.Instance;
	readonly lane: Lane;
	readonly tank: FuelTank;
	readonly fuel: number;
	readonly canPause: boolean;
	readonly guest: () => ServiceGuest;
}

class Steps implements GuestSteps {
	readonly call: LaneCall;
	readonly #options: StepsOptions;
	/** Taken with the first call, so that a guest that is only called plainly needs none. */
	readonly #places = new Map<string, number>();
	readonly #begins: string[];
	// For turns: every message takes them.
	readonly #lane: Lane;
	readonly #tank: FuelTank;
	readonly #fuel: number;
	#service: ServiceGuest | undefined;
	#turn = -1;

	constructor(options: StepsOptions) {
		this.#options = options;
		const { lane, tank, fuel, canPause, instance } = options;
		this.#lane = lane;
		this.#tank = tank;
		this.#fuel = fuel;
		this.#begins = beginnings.filter((name) => name in instance.exports);
		this.call = { place: -1, kind: callKind.turn, tank, portion: firstPortion, canPause };
	}

	openBegin(): boolean {
		const name = this.#begins.shift();
		if (name === undefined) return false;
		this.#fill();
		this.#aim(callKind.begin, name);
		return true;
	}

	openStart(now: bigint, init: Init): void {
		const { lane, guest } = this.#options;
		this.#fill();
		const service = guest();
		this.#plainly(() => service.lowerStart(now, init));
		const { __p0, ...rest } = service.startArguments;
		lane.setArguments(__p0, Object.values(rest));
		this.#aim(callKind.start, 'mullion:service/guest@0.1.0#start');
	}

	closeStart(result: number): Result<Effect[], string> {
		const service = this.#options.guest();
		return this.#plainly(() => service.liftStart(result));
	}

	openTurn(now: number, inbox: Event[]): void {
		this.#service ??= this.#options.guest();
		if (this.#turn < 0) this.#turn = this.#placeOf('mullion:service/guest@0.1.0#turn');
		const service = this.#service;
		const { call } = this;
		const lane = this.#lane;
		const tank = this.#tank;
		tank.fill(this.#fuel, call.portion);
		lane.enter(tank);
		service.lowerTurn(unsaid, inbox);
		const given = service.turnArguments;
		lane.setTurn(now, given.__p1, given.__p2);
		call.kind = callKind.turn;
		call.place = this.#turn;
	}

	closeTurn(result: number): Result<Effect[], string> {
		const service = this.#service as ServiceGuest;
		this.#lane.enter(this.#tank);
		return service.liftTurn(result);
	}

	leave(): void {
		for (const place of this.#places.values()) this.#options.lane.vacate(place);
		this.#places.clear();
	}

	#fill(): void {
		const { tank, fuel } = this.#options;
		tank.fill(fuel, this.call.portion);
	}

	#plainly<T>(call: () => T): T {
		return this.#options.lane.plainly(this.#options.tank, call);
	}

	#aim(kind: LaneCall['kind'], name: string): void {
		this.call.kind = kind;
		this.call.place = this.#placeOf(name);
	}

	#placeOf(name: string): number {
		const known = this.#places.get(name);
		if (known !== undefined) return known;
		const { lane, instance } = this.#options;
		const place = lane.seat(exportedFunction(instance.exports, name));
		this.#places.set(name, place);
		return place;
	}
}

/** Given for a time that reaches the guest as a plain number: making one of 64 bits costs as much as a small check. */
const unsaid = 0n;

/** For `Guest.rest`, which nothing can interrupt: the collector's way through a small heap. */
const restFuel = fuelFor(20);
/** What services of our own toolchain export for `Guest.rest`. */
const restExport = '__rest';

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
