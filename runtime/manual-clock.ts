/** A clock that stands still until it is told to go on: the double of `Clock` for tests and replays. */
import type { Clock, Timer } from './clock.ts';

interface Alarm {
	readonly at: number;
	readonly order: number;
	readonly fire: () => void;
}

export class ManualClock implements Clock {
	#now: number;
	#order = 0;
	#alarms: Alarm[] = [];

	/** @param startUs microseconds since the epoch to start from */
	constructor(startUs = 1_700_000_000_000_000) {
		this.#now = startUs;
	}

	now(): number {
		return this.#now;
	}

	after(delayMs: number, fire: () => void): Timer {
		const alarm = { at: this.#now + delayMs * 1000, order: this.#order++, fire };
		this.#alarms.push(alarm);
		return {
			cancel: () => {
				this.#alarms = this.#alarms.filter((other) => other !== alarm);
			},
		};
	}

	/** Goes on by `ms`, firing every timer on its way at its own instant, in order. */
	advance(ms: number): void {
		const end = this.#now + ms * 1000;
		for (let next = this.#nextBefore(end); next !== undefined; next = this.#nextBefore(end)) {
			this.#alarms = this.#alarms.filter((alarm) => alarm !== next);
			this.#now = Math.max(this.#now, next.at);
			next.fire();
		}
		this.#now = end;
	}

	#nextBefore(end: number): Alarm | undefined {
		return this.#alarms
			.filter((alarm) => alarm.at <= end)
			.toSorted((a, b) => a.at - b.at || a.order - b.order)[0];
	}
}
