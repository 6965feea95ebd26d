/**
 * What of the turns of journalled VMs has been handed over to the box, and what of it the box has.
 *
 * Between the two a kill loses it: until the box says that it has it, it is said again after one.
 */

interface Batch {
	readonly number: number;
	/** By stream: the turn up to which all has been handed over. */
	readonly turns: ReadonlyMap<number, number>;
	readonly waiting: (() => void)[];
}

export class Handover {
	readonly #turns = new Map<number, number>();
	#fresh = new Map<number, number>();
	readonly #batches: Batch[] = [];
	#last = 0;

	/** All that the turns of a stream up to this one sent has been handed over. */
	add(stream: number, turn: number): void {
		this.#turns.set(stream, turn);
		this.#fresh.set(stream, turn);
	}

	/** Up to which turn everything of a stream has been handed over, whether the box has it or not. */
	turnOf(stream: number): number {
		return this.#turns.get(stream) ?? 0;
	}

	/** The number by which the box is to say that it has everything so far; undefined where it does already. */
	close(): number | undefined {
		if (this.#fresh.size === 0) return undefined;
		const number = ++this.#last;
		this.#batches.push({ number, turns: this.#fresh, waiting: [] });
		this.#fresh = new Map();
		return number;
	}

	/** The box has everything up to that number. Returns turns by stream. */
	heard(number: number): ReadonlyMap<number, number> {
		const turns = new Map<number, number>();
		for (
			let batch = this.#batches[0];
			batch !== undefined && batch.number <= number;
			batch = this.#batches[0]
		) {
			this.#batches.shift();
			for (const [stream, turn] of batch.turns) turns.set(stream, turn);
			for (const resolve of batch.waiting) resolve();
		}
		return turns;
	}

	/** Resolves when the box has everything that has been handed over so far. */
	whenHeard(): Promise<void> {
		const last = this.#batches.at(-1);
		return last === undefined ? Promise.resolve() : new Promise((resolve) => last.waiting.push(resolve));
	}
}
