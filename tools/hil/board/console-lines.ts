/** What a box said, line by line, and when. */

export interface ConsoleLine {
	readonly text: string;
	/** Milliseconds from when it was switched on until the line began. */
	readonly atMs: number;
	/** Which of its lives, from 1. */
	readonly life: number;
}

/** More than a reader of a report goes through. */
const keptLines = 5000;

export class ConsoleLines {
	readonly #now: () => number;
	readonly #lines: ConsoleLine[] = [];
	#open: ConsoleLine | undefined;
	#life = 0;
	#begunAt = 0;

	/** @param now milliseconds that only go forward. Default: the system's */
	constructor(now: () => number = () => performance.now()) {
		this.#now = now;
	}

	/** The last few thousand; the last one may not be over yet. */
	get all(): readonly ConsoleLine[] {
		return this.#open === undefined ? this.#lines : [...this.#lines, this.#open];
	}

	/** It is switched on. */
	begin(): void {
		this.#close();
		this.#life++;
		this.#begunAt = this.#now();
	}

	feed(text: string): void {
		const atMs = this.#now() - this.#begunAt;
		for (const [index, piece] of text.split('\n').entries()) {
			if (index > 0) {
				this.#open ??= { text: '', atMs, life: this.#life };
				this.#close();
			}
			if (piece === '') continue;
			const { text: before, ...begun } = this.#open ?? { text: '', atMs, life: this.#life };
			this.#open = { ...begun, text: before + piece };
		}
	}

	#close(): void {
		if (this.#open === undefined) return;
		this.#lines.push({ ...this.#open, text: this.#open.text.replace(/\r+$/, '') });
		this.#open = undefined;
		if (this.#lines.length > keptLines) this.#lines.shift();
	}
}

/** For a report: `  3.214  starting slot a`, with a line between two lives, and without those that are empty. */
export function timedText(lines: readonly ConsoleLine[]): string {
	const said = lines.filter(({ text }) => text !== '');
	return said
		.flatMap(({ text, atMs, life }, index) => {
			const line = `${seconds(atMs).padStart(9)}  ${text}`;
			const isNewLife = index > 0 && life !== said[index - 1]?.life;
			return isNewLife ? [`--- switched on again ---`, line] : [line];
		})
		.join('\n');
}

function seconds(ms: number): string {
	return (ms / 1000).toFixed(3);
}
