/**
 * What many services have alike is kept once: those of one maker, or of one module on several networks, ask for the same
 * topics and budgets. Only the latest are looked through, so that services that have nothing in common cost nothing.
 */

/** Different values that are remembered. */
const most = 16;

/** Of plain data that nobody changes: what JSON tells apart, and nothing else. */
export class Alike {
	/** The latest last. */
	readonly #known = new Map<string, unknown>();

	/** Returns the first one that was the same, or this one. */
	of<Value>(value: Value): Value {
		const text = JSON.stringify(value);
		const known = this.#known.get(text) ?? value;
		this.#known.delete(text);
		this.#known.set(text, known);
		if (this.#known.size > most)
			for (const [oldest] of this.#known.entries().take(1)) this.#known.delete(oldest);
		return known as Value;
	}
}
