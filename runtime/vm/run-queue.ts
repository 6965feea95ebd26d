/**
 * Which VM runs next.
 *
 * Realtime VMs come first, the earliest deadline first. What they leave is shared between the interactive
 * and the background ones 16 to 1, and within a class evenly by the time used. Who has slept is owed next to
 * nothing for it, so it comes next, but not for long.
 */
import type { Priority } from '../module/manifest.ts';
import { type Keyed, ReadyHeap } from './ready-heap.ts';

/** What the queue has to know of a VM. */
export interface Runnable extends Keyed {
	readonly spec: { readonly priority: Priority; readonly budget: { readonly deadlineMs: number } };
	readonly isReady: boolean;
	// Kept by the queue.
	isQueued: boolean;
	/** When something arrived for it, of a realtime one. */
	readyAtUs: number;
	usedUs: number;
}

type SharedPriority = Exclude<Priority, 'realtime'>;

/** What a class that was idle is owed at most, in its own weighted microseconds. */
const mostCreditUs = 10_000;

class SharedClass<Item extends Runnable> {
	readonly ready = new ReadyHeap<Item>();
	/** Of the time used, what is counted: a division takes longer than the rest of it. */
	readonly #share: number;
	/** Time used by the class, divided by its weight. */
	usedUs = 0;
	/** Time used by those that were taken: who comes back starts from there. */
	#floorUs = 0;

	constructor(weight: number) {
		this.#share = 1 / weight;
	}

	add(item: Item): void {
		if (item.usedUs < this.#floorUs) item.usedUs = this.#floorUs;
		item.readyKey = item.usedUs;
		this.ready.add(item);
	}

	take(): Item | undefined {
		const next = this.ready.take();
		if (next !== undefined && next.readyKey > this.#floorUs) this.#floorUs = next.readyKey;
		return next;
	}

	charge(us: number): void {
		this.usedUs += us * this.#share;
	}
}

export class RunQueue<Item extends Runnable> {
	readonly #realtime = new ReadyHeap<Item>();
	readonly #interactive = new SharedClass<Item>(16);
	readonly #background = new SharedClass<Item>(1);
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
	get first(): Item | undefined {
		return this.#realtime.first ?? this.#nextClass().ready.first;
	}

	/** Adds a VM that has something to do; once is enough. */
	add(item: Item): void {
		if (item.isQueued || !item.isReady) return;
		item.isQueued = true;
		const { priority, budget } = item.spec;
		if (priority === 'realtime') {
			item.readyAtUs = this.#now();
			item.readyKey = item.readyAtUs + budget.deadlineMs * 1000;
			this.#realtime.add(item);
		} else this.#join(priority, item);
		this.#wake();
	}

	/** Takes out the next one that still has something to do. */
	take(): Item | undefined {
		for (;;) {
			const next = this.#realtime.length > 0 ? this.#realtime.take() : this.#nextClass().take();
			if (next === undefined) return undefined;
			next.isQueued = false;
			if (next.isReady) return next;
		}
	}

	/** The VM has used so much time. */
	charge(item: Item, us: number): void {
		item.usedUs += us;
		const { priority } = item.spec;
		if (priority !== 'realtime')
			(priority === 'interactive' ? this.#interactive : this.#background).charge(us);
	}

	#join(priority: SharedPriority, item: Item): void {
		const isInteractive = priority === 'interactive';
		const own = isInteractive ? this.#interactive : this.#background;
		const other = isInteractive ? this.#background : this.#interactive;
		const leastUs = other.usedUs - mostCreditUs;
		if (own.usedUs < leastUs) own.usedUs = leastUs;
		own.add(item);
	}

	#nextClass(): SharedClass<Item> {
		const interactive = this.#interactive;
		const background = this.#background;
		if (background.ready.length === 0) return interactive;
		return interactive.ready.length > 0 && interactive.usedUs <= background.usedUs ? interactive : background;
	}
}
