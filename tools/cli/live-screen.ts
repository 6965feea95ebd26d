/** A picture that is drawn again and again in place, on the alternate screen of a terminal. */

export interface Terminal {
	write(text: string): unknown;
	readonly columns?: number | undefined;
	readonly rows?: number | undefined;
}

const enter = '\u001b[?1049h\u001b[?25l';
const leave = '\u001b[?25h\u001b[?1049l';
const home = '\u001b[H';
const clearLine = '\u001b[K';
const clearBelow = '\u001b[J';

export class LiveScreen implements Disposable {
	readonly #terminal: Terminal;

	constructor(terminal: Terminal) {
		this.#terminal = terminal;
		terminal.write(enter);
	}

	get columns(): number {
		return this.#terminal.columns ?? 80;
	}

	/** Lines beyond the height of the screen are left out. */
	show(lines: readonly string[]): void {
		const fitting = lines.slice(0, (this.#terminal.rows ?? 24) - 1);
		this.#terminal.write(home + fitting.map((line) => `${line}${clearLine}\n`).join('') + clearBelow);
	}

	/** What stood on the terminal before is there again. */
	[Symbol.dispose](): void {
		this.#terminal.write(leave);
	}
}
