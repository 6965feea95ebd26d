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

export interface LinkOptions {
	readonly module: WebAssembly.Module;
	readonly encoding: StringEncoding;
	/** What is left out cannot be linked. */
	readonly host: ServiceHost;
	/** The most bytes that the host copies out of the guest in one call. */
	readonly mostBytes: number;
}

export interface Guest {
	start(now: bigint, init: Init): Result<Effect[], string>;
	turn(now: bigint, inbox: Event[]): Result<Effect[], string>;
	memoryBytes(): number;
}

/** Runs the module's start function. @throws LinkError, WebAssembly.RuntimeError, WebAssembly.LinkError */
export function linkService({ module, encoding, host, mostBytes }: LinkOptions): Guest {
	const memory = new GuestMemory({ encoding, mostBytes });
	const instance = new WebAssembly.Instance(module, importsOf(host, memory));
	const guest = new ServiceGuest(instance, memory);
	return {
		start: (now, init) => guest.start(now, init),
		turn: (now, inbox) => guest.turn(now, inbox),
		memoryBytes: () => memory.byteLength,
	};
}
