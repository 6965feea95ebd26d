/** The serial console of a board: a log of all its lives, and what a test waits for in it. */
import { createWriteStream, type WriteStream } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import type { SerialConsole } from './board.ts';
import { BoardError } from './board-error.ts';
import { type ConsoleLine, ConsoleLines } from './console-lines.ts';
import {
	lastLines,
	SerialExpect,
	type SerialExpectOptions,
	type SerialMatch,
	type SerialPattern,
} from './serial-expect.ts';

/** What the box says, and what is said to it; they may be one stream. */
export interface SerialLine {
	readonly input: Readable;
	readonly output: Writable;
}

export class StreamConsole implements SerialConsole, AsyncDisposable {
	readonly logFile: string;
	readonly #log: WriteStream;
	readonly #expect = new SerialExpect();
	readonly #lines = new ConsoleLines();
	readonly #onText: (text: string) => void;
	#line: SerialLine | undefined;

	/** @param onText called with what the box says, piece by piece */
	constructor({
		logFile,
		onText = () => undefined,
	}: { readonly logFile: string; onText?(text: string): void }) {
		this.logFile = logFile;
		this.#log = createWriteStream(logFile, { flags: 'a' });
		this.#onText = onText;
	}

	/** Listens to another life of the box. @returns what resolves once its last byte was heard */
	attach(line: SerialLine): Promise<void> {
		const decoder = new StringDecoder('utf8');
		this.#line = line;
		this.#lines.begin();
		line.input.on('data', (bytes: Buffer) => {
			this.#log.write(bytes);
			const text = decoder.write(bytes);
			this.#expect.feed(text);
			this.#lines.feed(text);
			this.#onText(text);
		});
		// A line that breaks off ends; that is all there is to know.
		for (const stream of [line.input, line.output]) stream.on('error', () => undefined);
		const end = finished(line.input, { writable: false }).catch(() => undefined);
		return end.then(() => {
			if (this.#line === line) this.#line = undefined;
		});
	}

	get lines(): readonly ConsoleLine[] {
		return this.#lines.all;
	}

	async copyLog(path: string): Promise<void> {
		await new Promise<void>((resolve) => this.#log.write('', () => resolve()));
		await copyFile(this.logFile, path);
	}

	write(text: string): void {
		if (this.#line === undefined) throw new BoardError('board-off', 'nobody listens on its serial line');
		this.#line.output.write(text);
	}

	expect(pattern: SerialPattern, options?: SerialExpectOptions): Promise<SerialMatch> {
		return this.#expect.expect(pattern, options);
	}

	/** Ends a wait that is open: the box will say nothing until it is switched on. */
	interrupt(reason: string): void {
		this.#expect.interrupt(new BoardError('board-off', this.#withLastWords(reason)));
	}

	/** The box says nothing more, ever. */
	lose(reason: string): void {
		this.#expect.close(new BoardError('board-gone', this.#withLastWords(reason)));
	}

	/** Waits until the log is whole. */
	async [Symbol.asyncDispose](): Promise<void> {
		this.lose('the board was closed');
		this.#line?.input.destroy();
		this.#line?.output.destroy();
		this.#log.end();
		await finished(this.#log);
	}

	#withLastWords(reason: string): string {
		const words = lastLines(this.#expect.unmatched).trim();
		return words === '' ? reason : `${reason}; it last said:\n${words}`;
	}
}
