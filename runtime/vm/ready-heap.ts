/** Those that have something to do, the one with the smallest key first; of the same key, in the order they came. */

export interface Keyed {
	readyKey: number;
	/** Kept by the heap. */
	readyOrder: number;
}

export class ReadyHeap<Item extends Keyed> {
	readonly #heap: Item[] = [];
	#lastOrder = 0;

	get length(): number {
		return this.#heap.length;
	}

	get first(): Item | undefined {
		return this.#heap[0];
	}

	/** @param item with its `readyKey` set; it must not be in here already */
	add(item: Item): void {
		item.readyOrder = ++this.#lastOrder;
		let at = this.#heap.length;
		this.#heap.push(item);
		while (at > 0) {
			const parent = (at - 1) >> 1;
			const above = this.#heap[parent] as Item;
			if (isBefore(above, item)) break;
			this.#heap[at] = above;
			at = parent;
		}
		this.#heap[at] = item;
	}

	take(): Item | undefined {
		// Not by looking past the end: the engine is slow at that, and one of the heaps is empty most of the time.
		if (this.#heap.length === 0) return undefined;
		const first = this.#heap[0];
		const last = this.#heap.pop();
		if (last === undefined || first === last) return first;
		const { length } = this.#heap;
		let at = 0;
		for (let child = 1; child < length; child = 2 * at + 1) {
			const right = this.#heap[child + 1];
			if (right !== undefined && isBefore(right, this.#heap[child] as Item)) child++;
			const below = this.#heap[child] as Item;
			if (isBefore(last, below)) break;
			this.#heap[at] = below;
			at = child;
		}
		this.#heap[at] = last;
		return first;
	}
}

function isBefore(a: Keyed, b: Keyed): boolean {
	return a.readyKey < b.readyKey || (a.readyKey === b.readyKey && a.readyOrder < b.readyOrder);
}
