/** What may not leave before a record is durable, in the order it was said. */

interface Held {
	readonly sequence: number;
	readonly go: () => void;
}

export class HeldEffects {
	#held: Held[] = [];

	/** @param sequence of the record; never below that of what was held before */
	hold(sequence: number, go: () => void): void {
		this.#held.push({ sequence, go });
	}

	/** Everything up to `durable` goes, in order. */
	release(durable: number): void {
		const held = this.#held;
		let count = 0;
		while (count < held.length && (held[count] as Held).sequence <= durable) count++;
		if (count === 0) return;
		this.#held = held.slice(count);
		for (let at = 0; at < count; at++) (held[at] as Held).go();
	}
}
