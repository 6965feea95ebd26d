/** How much of a core a VM may use, over a window: time that it has not used is kept for one window at most. */

/** The window, in microseconds. */
const windowUs = 1_000_000;

export class CpuShare {
	readonly #percent: number;
	/** Time that it may use now; negative when it has overdrawn. */
	#leftUs: number;
	#countedAt: number;

	/** Those that are never held back have one for all. */
	static of(percent: number, nowUs: number): CpuShare {
		return percent >= 100 ? whole : new CpuShare(percent, nowUs);
	}

	/** @param percent of one core; at 100 it is never held back */
	constructor(percent: number, nowUs: number) {
		this.#percent = percent;
		this.#leftUs = this.#mostUs;
		this.#countedAt = nowUs;
	}

	/** It has used so much, until now. */
	charge(us: number, nowUs: number): void {
		if (this.#percent >= 100) return;
		this.#count(nowUs);
		this.#leftUs -= us;
	}

	/** Whether it may run at this time. */
	mayRun(nowUs: number): boolean {
		return this.#percent >= 100 || this.waitMs(nowUs) === 0;
	}

	/** Milliseconds until it may run again; 0 is at once. */
	waitMs(nowUs: number): number {
		if (this.#percent >= 100) return 0;
		this.#count(nowUs);
		return this.#leftUs >= 0 ? 0 : Math.max(1, Math.ceil((-this.#leftUs * 100) / this.#percent / 1000));
	}

	get #mostUs(): number {
		return (windowUs * this.#percent) / 100;
	}

	#count(nowUs: number): void {
		this.#leftUs = Math.min(this.#leftUs + ((nowUs - this.#countedAt) * this.#percent) / 100, this.#mostUs);
		this.#countedAt = nowUs;
	}
}

/** Nothing of it ever changes. */
const whole = new CpuShare(100, 0);
