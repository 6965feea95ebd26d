/** `wasi:io/poll`: everything here is ready at once, but for what waits for the clock. */
import type { GuestClock } from './guest-clock.ts';

export class Pollable {
	readonly #clock: GuestClock | undefined;
	readonly #instantNs: bigint;

	private constructor(clock?: GuestClock, instantNs = 0n) {
		this.#clock = clock;
		this.#instantNs = instantNs;
	}

	static always(): Pollable {
		return new Pollable();
	}

	static at(clock: GuestClock, instantNs: bigint): Pollable {
		return new Pollable(clock, instantNs);
	}

	ready(): boolean {
		return this.#clock === undefined || this.#instantNs <= this.#clock.nowNs;
	}

	block(): void {
		this.#clock?.sleepUntil(this.#instantNs);
	}

	static soonest(pollables: readonly Pollable[]): Pollable | undefined {
		let soonest: Pollable | undefined;
		for (const pollable of pollables)
			if (soonest === undefined || pollable.#instantNs < soonest.#instantNs) soonest = pollable;
		return soonest;
	}
}

/** Places in the list of those that are ready, of which there is one at least. */
export function poll(pollables: readonly Pollable[]): Uint32Array {
	// WASI: a trap, as it could never return.
	if (pollables.length === 0) throw new WebAssembly.RuntimeError('the guest waits for nothing');
	if (!pollables.some((pollable) => pollable.ready())) Pollable.soonest(pollables)?.block();
	return Uint32Array.from(pollables.flatMap((pollable, at) => (pollable.ready() ? [at] : [])));
}
