/**
 * What of the turns of journalled VMs has been handed over to the box, and what of it the box has.
 *
 * Between the two a kill loses it: until the box says that it has it, it is said again after one.
 */

/** Of one stream: the turn up to which all has been handed over. */
interface Progress {
	readonly stream: number;
	turn: number;
	/** It has come further since the last batch. */
	isFresh: boolean;
}

interface Batch {
	readonly number: number;
	/** By stream: the turn up to which all has been handed over. */
	readonly turns: ReadonlyMap<number, number>;
	readonly waiting: (() => void)[];
}

export class Handover {
	readonly #streams = new Map<number, Progress>();
	#fresh: Progress[] = [];
	readonly #batches: Batch[] = [];
	#last = 0;

	/** All that the turns of a stream up to this one sent has been handed over. */
	add(stream: number, turn: number): void {
		const progress = this.#streams.get(stream) ?? { stream, turn, isFresh: false };
		progress.turn = turn;
		if (progress.isFresh) return;
		progress.isFresh = true;
		this.#streams.set(stream, progress);
		this.#fresh.push(progress);
	}

	/** Up to which turn everything of a stream has been handed over, whether the box has it or not. */
	turnOf(stream: number): number {
		return this.#streams.get(stream)?.turn ?? 0;
	}

	/** The number by which the box is to say that it has everything so far; undefined where it does already. */
	close(): number | undefined {
		if (this.#fresh.length === 0) return undefined;
		const number = ++this.#last;
		const turns = new Map<number, number>();
		for (const progress of this.#fresh) {
			turns.set(progress.stream, progress.turn);
			progress.isFresh = false;
		}
		this.#batches.push({ number, turns, waiting: [] });
		this.#fresh = [];
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
