/** Holds things for a while and lets them go in the order they came. */
import type { Clock, Timer } from '../../../runtime/clock.ts';

export interface DelayLineOptions<Item> {
	readonly clock: Clock;
	readonly delayMs: number;
	/** Nothing leaves before this, in microseconds of the clock; default at once. */
	readonly notBeforeUs?: number;
	/** Takes what leaves; false means that it can take no more until `setRunning(true)`. */
	readonly deliver: (item: Item) => boolean;
}

export class DelayLine<Item> {
	readonly #clock: Clock;
	readonly #deliver: (item: Item) => boolean;
	#delayMs: number;
	#isRunning = true;
	#isDraining = false;
	/** When the last one leaves; a delay that shrinks must not let a later one overtake it. */
	#lastDueUs: number;
	#items: { readonly dueUs: number; readonly item: Item }[] = [];
	#timer: Timer | undefined;

	constructor({ clock, delayMs, notBeforeUs = 0, deliver }: DelayLineOptions<Item>) {
		this.#clock = clock;
		this.#deliver = deliver;
		this.#delayMs = delayMs;
		this.#lastDueUs = notBeforeUs;
	}

	/** How many are held. */
	get length(): number {
		return this.#items.length;
	}

	push(item: Item): void {
		this.#lastDueUs = Math.max(this.#lastDueUs, this.#clock.now() + this.#delayMs * 1000);
		this.#items.push({ dueUs: this.#lastDueUs, item });
		this.#drain();
	}

	/** Counts for what is pushed from now on. */
	setDelay(delayMs: number): void {
		this.#delayMs = delayMs;
	}

	setRunning(isRunning: boolean): void {
		this.#isRunning = isRunning;
		this.#drain();
	}

	/** Drops what it holds and never delivers again. */
	close(): void {
		this.#items = [];
		this.setRunning(false);
	}

	#drain(): void {
		if (this.#isDraining) return;
		this.#isDraining = true;
		this.#timer?.cancel();
		this.#timer = undefined;
		while (this.#isRunning) {
			const first = this.#items[0];
			if (first === undefined) break;
			const waitUs = first.dueUs - this.#clock.now();
			if (waitUs > 0) {
				this.#timer = this.#clock.after(waitUs / 1000, () => this.#drain());
				break;
			}
			this.#items.shift();
			if (!this.#deliver(first.item)) this.#isRunning = false;
		}
		this.#isDraining = false;
	}
}
