/**
 * How often a group that is not full may begin, so that many small ones do not wear the flash out: each
 * costs at least a page of it, however little is in it. Full groups are not counted.
 *
 * What was not used is saved up for ten seconds, so that a burst of messages is not slowed down.
 */
import type { Clock } from '../clock.ts';

const savedMs = 10_000;

export class SyncAllowance {
	readonly #clock: Clock;
	readonly #everyMs: number;
	/** Up to when the allowance is used up; it may be used `savedMs` ahead. */
	#usedUntilMs = 0;

	constructor(clock: Clock, perSecond: number) {
		this.#clock = clock;
		this.#everyMs = 1000 / perSecond;
	}

	/** How long the next one has to wait. */
	get waitMs(): number {
		return Math.max(0, this.#usedUntilMs - savedMs - this.#clock.now() / 1000);
	}

	use(): void {
		this.#usedUntilMs = Math.max(this.#usedUntilMs, this.#clock.now() / 1000) + this.#everyMs;
	}
}
