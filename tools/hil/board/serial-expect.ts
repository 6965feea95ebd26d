/** Finds what a test waits for in a stream of text, however the stream is cut into pieces. */
import { BoardError } from './board-error.ts';

/** A text is found anywhere, a prompt without a newline too; a regular expression sees whole lines. */
export type SerialPattern = string | RegExp;

export interface SerialExpectOptions {
	/** Found first, it ends the wait with `unexpected-output`: a panic, say. */
	readonly unless?: SerialPattern;
	readonly signal?: AbortSignal;
}

export interface SerialMatch {
	/** What was found. */
	readonly text: string;
	/** Groups of a regular expression, from its first. */
	readonly groups: readonly (string | undefined)[];
	/** What stood between the match before and this one. */
	readonly before: string;
}

interface Waiter {
	readonly pattern: SerialPattern;
	readonly unless: SerialPattern | undefined;
	resolve(match: SerialMatch): void;
	reject(error: unknown): void;
}

interface Found {
	readonly text: string;
	readonly groups: readonly (string | undefined)[];
	/** Place in the window where the match begins, and where the stream goes on behind it. */
	readonly start: number;
	readonly end: number;
}

/**
 * One wait at a time. What was said before the wait began counts if no match has passed it; of text that
 * nobody matched, the last `keptChars` are kept. A line that is longer is seen from its end.
 */
export class SerialExpect {
	readonly #keptChars: number;
	#window = '';
	/** How much of the window the present wait has searched for texts, and where its first open line begins. */
	#searched = 0;
	#lineStart = 0;
	#waiter: Waiter | undefined;
	#closed: { readonly error: unknown } | undefined;

	/** @param keptChars default 65,536 */
	constructor({ keptChars = 65_536 }: { readonly keptChars?: number } = {}) {
		this.#keptChars = keptChars;
	}

	/** Text that no wait has passed yet. */
	get unmatched(): string {
		return this.#window;
	}

	feed(text: string): void {
		this.#window += text;
		this.#search();
		this.#trim();
	}

	/** @throws BoardError `unexpected-output`, or what it was closed with; RangeError for a text that is too long */
	expect(pattern: SerialPattern, { unless, signal }: SerialExpectOptions = {}): Promise<SerialMatch> {
		if (this.#waiter !== undefined) throw new Error('the console is being waited for already');
		for (const text of [pattern, unless])
			if (typeof text === 'string' && text.length > this.#keptChars)
				throw new RangeError(`a text to wait for may have ${this.#keptChars} characters`);
		signal?.throwIfAborted();
		const { promise, resolve, reject } = Promise.withResolvers<SerialMatch>();
		const abort = () => this.#end()?.reject(signal?.reason);
		signal?.addEventListener('abort', abort, { once: true });
		const settled = () => signal?.removeEventListener('abort', abort);
		// Handled here too: a test that failed elsewhere no longer looks at what it was waiting for.
		void promise.then(settled, settled);
		this.#waiter = { pattern, unless, resolve, reject };
		this.#searched = 0;
		this.#lineStart = 0;
		this.#search();
		this.#trim();
		if (this.#closed !== undefined) this.#end()?.reject(this.#closed.error);
		return promise;
	}

	/** Ends a wait that is open, and no later one. */
	interrupt(error: unknown): void {
		this.#end()?.reject(error);
	}

	/** Ends the wait that is open and all later ones that what is there does not satisfy. */
	close(error: unknown): void {
		this.#closed ??= { error };
		this.interrupt(error);
	}

	#end(): Waiter | undefined {
		const waiter = this.#waiter;
		this.#waiter = undefined;
		return waiter;
	}

	#search(): void {
		if (this.#waiter === undefined) return;
		const { pattern, unless } = this.#waiter;
		const wanted = this.#find(pattern);
		const unwanted = unless === undefined ? undefined : this.#find(unless);
		// Whichever could be told first in the stream, not in the piece that happened to arrive.
		const isBad = unwanted !== undefined && (wanted === undefined || unwanted.end < wanted.end);
		const found = isBad ? unwanted : wanted;
		if (found === undefined) {
			this.#searched = this.#window.length;
			this.#lineStart = this.#window.lastIndexOf('\n') + 1;
			return;
		}
		const { text, groups, start, end } = found;
		const before = this.#window.slice(Math.max(0, end - this.#keptChars), start);
		this.#window = this.#window.slice(end);
		const waiter = this.#end();
		if (isBad)
			waiter?.reject(
				new BoardError('unexpected-output', `${JSON.stringify(text)} behind: ${lastLines(before)}`),
			);
		else waiter?.resolve({ text, groups, before });
	}

	#find(pattern: SerialPattern): Found | undefined {
		return typeof pattern === 'string' ? this.#findText(pattern) : this.#findLine(pattern);
	}

	#findText(text: string): Found | undefined {
		const start = this.#window.indexOf(text, Math.max(0, this.#searched - text.length + 1));
		return start < 0 ? undefined : { text, groups: [], start, end: start + text.length };
	}

	#findLine(pattern: RegExp): Found | undefined {
		// A sticky or global one would remember its place in another line.
		const fresh = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
		for (let from = this.#lineStart; ; ) {
			const newline = this.#window.indexOf('\n', from);
			if (newline < 0) return undefined;
			const start = Math.max(from, newline - this.#keptChars);
			const match = fresh.exec(this.#window.slice(start, newline).replace(/\r$/, ''));
			if (match !== null)
				return { text: match[0], groups: match.slice(1), start: start + match.index, end: newline + 1 };
			from = newline + 1;
		}
	}

	#trim(): void {
		const excess = this.#window.length - this.#keptChars;
		if (excess <= 0) return;
		this.#window = this.#window.slice(excess);
		this.#searched = Math.max(0, this.#searched - excess);
		this.#lineStart = Math.max(0, this.#lineStart - excess);
	}
}

/** Enough of a console to see in a message where it stood. */
export function lastLines(text: string, lines = 12): string {
	return text.split(/\r?\n/).slice(-lines).join('\n');
}
