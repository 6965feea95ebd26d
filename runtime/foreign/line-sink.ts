/** Bytes that a guest writes, as lines of its log. */
import type { Level } from '../component/generated/service.ts';
import type { Sink } from './wasi/outside.ts';

/** A line that does not end is cut here, in bytes. */
const longest = 4096;
const newline = 0x0a;

export class LineSink implements Sink {
	readonly #write: (level: Level, text: string) => void;
	readonly #level: Level;
	#partial: Uint8Array[] = [];
	#length = 0;

	constructor(level: Level, write: (level: Level, text: string) => void) {
		this.#level = level;
		this.#write = write;
	}

	write(bytes: Uint8Array): void {
		let from = 0;
		while (from < bytes.length) {
			const end = bytes.indexOf(newline, from);
			const most = Math.min(end === -1 ? bytes.length : end, from + longest - this.#length);
			this.#partial.push(bytes.subarray(from, most));
			this.#length += most - from;
			const isCut = this.#length === longest;
			if (most === end || isCut) this.flush();
			from = most === end ? end + 1 : most;
		}
	}

	/** What has been written of a line is one. */
	flush(): void {
		const text = new TextDecoder().decode(Buffer.concat(this.#partial)).replace(/\r$/, '');
		this.#partial = [];
		if (this.#length > 0) this.#write(this.#level, text);
		this.#length = 0;
	}
}
