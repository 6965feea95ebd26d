/** Networks a session could not go on over, each left alone for longer every time it fails again. */
import type { Clock } from '../clock.ts';

export class Bars {
	readonly #clock: Clock;
	readonly #retryMs: number;
	readonly #retryMostMs: number;
	readonly #failures = new Map<string, number>();
	readonly #untilUs = new Map<string, number>();

	constructor({ clock, retryMs, retryMostMs }: { clock: Clock; retryMs: number; retryMostMs: number }) {
		this.#clock = clock;
		this.#retryMs = retryMs;
		this.#retryMostMs = retryMostMs;
	}

	/** Until when (us) each is left alone; some of it may be over. */
	get untilUs(): ReadonlyMap<string, number> {
		return this.#untilUs;
	}

	has(baseband: string): boolean {
		return (this.#untilUs.get(baseband) ?? 0) > this.#clock.now();
	}

	add(baseband: string): void {
		const failures = this.#failures.get(baseband) ?? 0;
		this.#failures.set(baseband, failures + 1);
		const ms = Math.min(this.#retryMostMs, this.#retryMs * 2 ** failures);
		this.#untilUs.set(baseband, this.#clock.now() + ms * 1000);
	}

	/** It may be tried again now; if it fails again it is still left alone for longer. */
	lift(baseband: string): void {
		this.#untilUs.delete(baseband);
	}

	liftAll(): void {
		this.#untilUs.clear();
	}

	/** It worked: forgets that it ever failed. */
	forget(baseband: string): void {
		this.#untilUs.delete(baseband);
		this.#failures.delete(baseband);
	}
}
