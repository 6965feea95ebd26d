/** Serial lines whose other end is whoever holds this: the double of `SerialLines`. */
import type { SerialHandlers, SerialLine, SerialLines } from './serial-lines.ts';

export class SimulatedLines implements SerialLines {
	readonly #open = new Map<string, SerialHandlers>();
	/** What was written to each, as text. */
	readonly written = new Map<string, string>();

	open(line: string, _options: { readonly baud: number }, handlers: SerialHandlers): SerialLine {
		this.#open.set(line, handlers);
		return {
			write: (bytes) => {
				this.written.set(line, (this.written.get(line) ?? '') + new TextDecoder().decode(bytes));
				return true;
			},
			close: () => {
				if (this.#open.get(line) === handlers) this.#open.delete(line);
			},
		};
	}

	get openLines(): string[] {
		return [...this.#open.keys()].sort();
	}

	/** The device says something; resolves when it has been taken. */
	async say(line: string, text: string): Promise<void> {
		await this.#open.get(line)?.data(new TextEncoder().encode(text));
	}
}
