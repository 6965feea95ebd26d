/**
 * Which VM runs next.
 *
 * Realtime VMs come first, the earliest deadline first. What they leave is shared between the interactive
 * and the background ones 16 to 1, and within a class evenly by the time used. Who has slept is owed next to
 * nothing for it, so it comes next, but not for long.
 */
import type { Priority } from '../module/manifest.ts';
import { ReadyHeap } from './ready-heap.ts';
import type { Resident } from './resident.ts';

type SharedPriority = Exclude<Priority, 'realtime'>;

/** What a class that was idle is owed at most, in its own weighted microseconds. */
const mostCreditUs = 10_000;

class SharedClass {
	readonly ready = new ReadyHeap();
	readonly #weight: number;
	/** Time used by the class, divided by its weight. */
	usedUs = 0;
	/** Time used by those that were taken: who comes back starts from there. */
	#floorUs = 0;

	constructor(weight: number) {
		this.#weight = weight;
	}

	add(resident: Resident): void {
		resident.usedUs = Math.max(resident.usedUs, this.#floorUs);
		resident.readyKey = resident.usedUs;
		this.ready.add(resident);
	}

	take(): Resident | undefined {
		const next = this.ready.take();
		if (next !== undefined) this.#floorUs = Math.max(this.#floorUs, next.readyKey);
		return next;
	}

	charge(us: number): void {
		this.usedUs += us / this.#weight;
	}
}

export class RunQueue {
	readonly #realtime = new ReadyHeap();
	readonly #shared: Readonly<Record<SharedPriority, SharedClass>> = {
		interactive: new SharedClass(16),
		background: new SharedClass(1),
	};
	readonly #wake: () => void;
	readonly #now: () => number;

	/** @param wake called when somebody has been added; `now` in microseconds */
	constructor({ wake, now }: { wake: () => void; now: () => number }) {
		this.#wake = wake;
		this.#now = now;
	}

	get isEmpty(): boolean {
		return this.first === undefined;
	}

	/** The one that `take` would give, whether or not it still has something to do. */
	get first(): Resident | undefined {
		return this.#realtime.first ?? this.#nextClass().ready.first;
	}

	/** Adds a VM that has something to do; once is enough. */
	add(resident: Resident): void {
		if (resident.isQueued || !resident.isReady) return;
		resident.isQueued = true;
		const { priority, budget } = resident.spec;
		if (priority === 'realtime') {
			resident.readyAtUs = this.#now();
			resident.readyKey = resident.readyAtUs + budget.deadlineMs * 1000;
			this.#realtime.add(resident);
		} else this.#join(priority, resident);
		this.#wake();
	}

	/** Takes out the next one that still has something to do. */
	take(): Resident | undefined {
		for (;;) {
			const next = this.#realtime.take() ?? this.#nextClass().take();
			if (next === undefined) return undefined;
			next.isQueued = false;
			if (next.isReady) return next;
		}
	}

	/** The VM has used so much time. */
	charge(resident: Resident, us: number): void {
		resident.usedUs += us;
		const { priority } = resident.spec;
		if (priority !== 'realtime') this.#shared[priority].charge(us);
	}

	#join(priority: SharedPriority, resident: Resident): void {
		const own = this.#shared[priority];
		const other = this.#shared[priority === 'interactive' ? 'background' : 'interactive'];
		own.usedUs = Math.max(own.usedUs, other.usedUs - mostCreditUs);
		own.add(resident);
	}

	#nextClass(): SharedClass {
		const { interactive, background } = this.#shared;
		if (background.ready.length === 0) return interactive;
		return interactive.ready.length > 0 && interactive.usedUs <= background.usedUs ? interactive : background;
	}
}
