/** Where a command says what came of it: text for people, or JSON for programs. */

/** The part of a stream that is written to. */
export interface Sink {
	write(text: string): unknown;
	readonly isTTY?: boolean | undefined;
	readonly columns?: number | undefined;
}

type Paint = (text: string) => string;

export class Output {
	readonly isJson: boolean;
	readonly #out: Sink;
	readonly #err: Sink;
	readonly #hasColour: boolean;

	/** @param hasColour false where NO_COLOR is set; a stream that is no terminal never has any */
	constructor({
		out,
		err,
		isJson,
		hasColour,
	}: { out: Sink; err: Sink; isJson: boolean; hasColour: boolean }) {
		this.isJson = isJson;
		this.#out = out;
		this.#err = err;
		this.#hasColour = hasColour && out.isTTY === true;
	}

	get isTerminal(): boolean {
		return this.#out.isTTY === true;
	}

	/** The result of the command. With `--json` the value on one line, otherwise the text. */
	result(value: unknown, text: string): void {
		const shown = this.isJson ? JSON.stringify(value) : text;
		if (shown !== '') this.#out.write(`${shown}\n`);
	}

	/** What goes on meanwhile, for people only and not a part of the result. */
	progress(text: string): void {
		if (!this.isJson) this.#err.write(`${text}\n`);
	}

	/** Starts the screen anew, where there is one. */
	clear(): void {
		if (this.isTerminal && !this.isJson) this.#out.write('\u001b[H\u001b[2J');
	}

	readonly bold: Paint = (text) => this.#paint('1', text);
	readonly dim: Paint = (text) => this.#paint('2', text);
	readonly red: Paint = (text) => this.#paint('31', text);
	readonly green: Paint = (text) => this.#paint('32', text);
	readonly yellow: Paint = (text) => this.#paint('33', text);

	#paint(code: string, text: string): string {
		return this.#hasColour && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text;
	}
}
