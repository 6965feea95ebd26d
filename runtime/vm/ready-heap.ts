/** VMs that have something to do, the one with the smallest key first; those with the same in the order they came. */
import type { Resident } from './resident.ts';

export class ReadyHeap {
	readonly #heap: Resident[] = [];
	#lastOrder = 0;

	get length(): number {
		return this.#heap.length;
	}

	get first(): Resident | undefined {
		return this.#heap[0];
	}

	/** @param resident with its `readyKey` set; it must not be in here already */
	add(resident: Resident): void {
		resident.readyOrder = ++this.#lastOrder;
		let at = this.#heap.length;
		this.#heap.push(resident);
		while (at > 0) {
			const parent = (at - 1) >> 1;
			const above = this.#heap[parent] as Resident;
			if (isBefore(above, resident)) break;
			this.#heap[at] = above;
			at = parent;
		}
		this.#heap[at] = resident;
	}

	take(): Resident | undefined {
		const first = this.#heap[0];
		const last = this.#heap.pop();
		if (last === undefined || first === last) return first;
		const { length } = this.#heap;
		let at = 0;
		for (let child = 1; child < length; child = 2 * at + 1) {
			const right = this.#heap[child + 1];
			if (right !== undefined && isBefore(right, this.#heap[child] as Resident)) child++;
			const below = this.#heap[child] as Resident;
			if (isBefore(last, below)) break;
			this.#heap[at] = below;
			at = child;
		}
		this.#heap[at] = last;
		return first;
	}
}

function isBefore(a: Resident, b: Resident): boolean {
	return a.readyKey < b.readyKey || (a.readyKey === b.readyKey && a.readyOrder < b.readyOrder);
}
