/** What was known outside of a box by the time of each write to its disk. */
import { openSync, readSync } from 'node:fs';

/** Where the log of writes counts its entries (`board/write-log.ts`). */
const countPlace = 16;

/**
 * A fact is written down with the number of entries that the log of writes has at that instant. So it is true
 * of every state of the disk that has those entries behind it.
 */
export class Diary<Fact> {
	readonly #log: number;
	readonly #facts: { readonly entries: number; readonly fact: Fact }[] = [];

	/** @param log the file that is being recorded into */
	constructor(log: string) {
		this.#log = openSync(log, 'r');
	}

	/** To be called at once when it is heard, and before it is said. */
	note(fact: Fact): void {
		const count = Buffer.alloc(8);
		readSync(this.#log, count, 0, count.length, countPlace);
		this.#facts.push({ entries: Number(count.readBigUInt64LE()), fact });
	}

	/** What was known when the disk had so many writes behind it, oldest first. */
	until(entries: number): Fact[] {
		return this.#facts.filter((one) => one.entries <= entries).map(({ fact }) => fact);
	}
}
