/** Virtual time: what is to happen when, in microseconds; nothing else makes time pass. */
interface Entry {
	readonly at: number;
	readonly order: number;
	readonly act: () => void;
	isCancelled: boolean;
}

export class Agenda {
	now = 1_700_000_000_000_000;
	#order = 0;
	#entries: Entry[] = [];

	/** Returns a function that takes the entry off again. */
	after(delayUs: number, act: () => void): () => void {
		const entry = {
			at: this.now + Math.max(0, Math.round(delayUs)),
			order: this.#order++,
			act,
			isCancelled: false,
		};
		const behind = this.#entries.findLastIndex((other) => other.at <= entry.at);
		this.#entries.splice(behind + 1, 0, entry);
		return () => {
			entry.isCancelled = true;
		};
	}

	/** Goes on until `isDone`, or until nothing is left or `mostUs` have passed; says whether it was done. */
	run(isDone: () => boolean, mostUs = Number.POSITIVE_INFINITY): boolean {
		const end = this.now + mostUs;
		while (!isDone()) {
			const next = this.#entries[0];
			if (next === undefined || next.at > end) {
				if (Number.isFinite(end)) this.now = end;
				return isDone();
			}
			this.#entries.shift();
			if (next.isCancelled) continue;
			this.now = next.at;
			next.act();
		}
		return true;
	}
}
