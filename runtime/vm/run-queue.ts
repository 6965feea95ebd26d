/** Which VM runs next: realtime before interactive before background; within a class, first come, first served. */
import { type Priority, priorities } from '../module/manifest.ts';
import type { Resident } from './resident.ts';

export class RunQueue {
	readonly #ready: Record<Priority, Resident[]> = { realtime: [], interactive: [], background: [] };
	readonly #wake: () => void;

	/** @param wake called when somebody has been added */
	constructor(wake: () => void) {
		this.#wake = wake;
	}

	get isEmpty(): boolean {
		return priorities.every((priority) => this.#ready[priority].length === 0);
	}

	/** Adds a VM that has something to do; once is enough. */
	add(resident: Resident): void {
		if (resident.isQueued || !resident.isReady) return;
		resident.isQueued = true;
		this.#ready[resident.spec.priority].push(resident);
		this.#wake();
	}

	/** Takes out the next one that still has something to do. */
	take(): Resident | undefined {
		for (const priority of priorities) {
			for (let next = this.#ready[priority].shift(); next; next = this.#ready[priority].shift()) {
				next.isQueued = false;
				if (next.isReady) return next;
			}
		}
		return undefined;
	}
}
