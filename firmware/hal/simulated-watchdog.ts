/** A watchdog by a clock of one's own: the double of `Watchdog` for tests. */
import type { Clock, Timer } from '../../runtime/clock.ts';
import type { Watchdog } from './watchdog.ts';

export interface SimulatedWatchdogOptions {
	readonly clock: Clock;
	/** How long it waits, from when it was made on. */
	readonly seconds: number;
}

export class SimulatedWatchdog implements Watchdog {
	readonly #clock: Clock;
	readonly #seconds: number;
	#bitesAtUs = 0;
	#timer: Timer | undefined;
	#feeds = 0;
	#isClosed = false;
	#hasBitten = false;

	constructor({ clock, seconds }: SimulatedWatchdogOptions) {
		this.#clock = clock;
		this.#seconds = seconds;
		this.#wait();
	}

	/** How often it was fed. */
	get feeds(): number {
		return this.#feeds;
	}

	get isClosed(): boolean {
		return this.#isClosed;
	}

	/** A box would have started anew; it stays so. */
	get hasBitten(): boolean {
		return this.#hasBitten;
	}

	/** Until it bites. */
	get leftMs(): number {
		return Math.max(0, (this.#bitesAtUs - this.#clock.now()) / 1000);
	}

	feed(): void {
		if (this.#isClosed) throw new Error('fed after it was closed');
		this.#feeds++;
		this.#wait();
	}

	close(): void {
		this.#isClosed = true;
	}

	#wait(): void {
		this.#timer?.cancel();
		this.#bitesAtUs = this.#clock.now() + this.#seconds * 1_000_000;
		this.#timer = this.#clock.after(this.#seconds * 1000, () => {
			this.#hasBitten = true;
		});
	}
}
