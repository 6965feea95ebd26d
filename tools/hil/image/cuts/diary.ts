/** What was known outside of a box by the time of each write to its disk. */
import { WriteLogCount } from '../../board/write-log-count.ts';

/**
 * A fact is written down with the number of entries that the log of writes has at that instant. So it is true
 * of every state of the disk that has those entries behind it.
 */
export class Diary<Fact> implements Disposable {
	readonly #count: WriteLogCount;
	readonly #facts: { readonly entries: number; readonly fact: Fact }[] = [];

	/** @param log the file that is being recorded into */
	constructor(log: string) {
		this.#count = new WriteLogCount(log);
	}

	/** To be called at once when it is heard, and before it is said. */
	note(fact: Fact): void {
		this.#facts.push({ entries: this.#count.now(), fact });
	}

	/** What was known when the disk had so many writes behind it, oldest first. */
	until(entries: number): Fact[] {
		return this.#facts.filter((one) => one.entries <= entries).map(({ fact }) => fact);
	}

	[Symbol.dispose](): void {
		this.#count[Symbol.dispose]();
	}
}
