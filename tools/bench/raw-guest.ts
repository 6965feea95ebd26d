/**
 * The same core module called by hand: the limit that the direct linker is held to.
 *
 * Knows one message in and one publication out, at the places where `proto/wit/service.wit` puts
 * them: two allocations, two copies, no checks, no values made but the payload.
 */
import { type Init, importsOf, ServiceGuest } from '../../runtime/component/generated/service.ts';
import { GuestMemory } from '../../runtime/component/guest-memory.ts';
import { startExport } from '../../runtime/component/instrument/fuel.ts';
import { tankOf } from '../../runtime/component/instrument/testbed.ts';
import { plainLane } from '../../runtime/component/lane/plain-lane.ts';

type Allocate = (old: number, oldSize: number, align: number, size: number) => number;
type Turn = (now: bigint, inbox: number, length: number) => number;

const eventBytes = 32;

export class RawGuest {
	readonly #allocate: Allocate;
	readonly #turn: Turn;
	readonly #turnDone: (result: number) => void;
	readonly #memory: WebAssembly.Memory;
	#u8: Uint8Array;
	#u32: Uint32Array;

	constructor(module: WebAssembly.Module, init: Init) {
		const memory = new GuestMemory({ encoding: 'utf16' });
		const host = { log: { write: () => undefined }, keyValue: { get: () => undefined } };
		const instance = new WebAssembly.Instance(module, importsOf(host, memory));
		const { [startExport]: begin } = instance.exports;
		// More than all calls of a run use: by hand nobody counts.
		tankOf(instance, plainLane()).fill(0x7fff_ffff);
		(begin as (() => void) | undefined)?.();
		// Starting is not measured; the linker may do it.
		new ServiceGuest(instance, memory).start(0n, init);
		const { exports } = instance;
		this.#memory = exports['memory'] as WebAssembly.Memory;
		this.#allocate = exports['cabi_realloc'] as Allocate;
		this.#turn = exports['mullion:service/guest@0.1.0#turn'] as Turn;
		this.#turnDone = exports['cabi_post_mullion:service/guest@0.1.0#turn'] as (result: number) => void;
		this.#u8 = new Uint8Array(this.#memory.buffer);
		this.#u32 = new Uint32Array(this.#memory.buffer);
	}

	echo(now: bigint, topic: number, payload: Uint8Array): Uint8Array {
		const event = this.#allocate(0, 0, 8, eventBytes);
		const bytes = this.#allocate(0, 0, 1, payload.length);
		if (this.#u8.length === 0) this.#renew();
		this.#u8.set(payload, bytes);
		this.#u8[event] = 0;
		this.#u32.set([topic, 2, 0, bytes, payload.length], (event + 8) >>> 2);
		const result = this.#turn(now, event, 1);
		if (this.#u8.length === 0) this.#renew();
		const effect = this.#u32[(result + 4) >>> 2] ?? 0;
		const from = this.#u32[(effect + 12) >>> 2] ?? 0;
		const length = this.#u32[(effect + 16) >>> 2] ?? 0;
		const published = this.#u8.slice(from, from + length);
		this.#turnDone(result);
		return published;
	}

	#renew(): void {
		this.#u8 = new Uint8Array(this.#memory.buffer);
		this.#u32 = new Uint32Array(this.#memory.buffer);
	}
}
