/** Text of a generated file, indented as it grows. */
export class Source {
	readonly #lines: string[] = [];
	#depth = 0;
	#locals = 0;

	line(text: string): void {
		this.#lines.push(text === '' ? '' : '\t'.repeat(this.#depth) + text);
	}

	/** Lines one level deeper between `head {` and `}`. */
	block(head: string, body: () => void, tail = '}'): void {
		this.line(`${head} {`);
		this.#depth++;
		body();
		this.#depth--;
		this.line(tail);
	}

	/** `if`, with what to do otherwise unless that is nothing. */
	choose(condition: string, yes: () => void, no?: () => void): void {
		this.block(`if (${condition})`, yes, no === undefined ? '}' : '} else {');
		if (no === undefined) return;
		this.#depth++;
		no();
		this.#depth--;
		this.line('}');
	}

	docs(text: string): void {
		if (text === '') return;
		const lines = text.replaceAll('*/', '* /').split('\n');
		if (lines.length === 1) this.line(`/** ${lines[0]} */`);
		else {
			this.line('/**');
			for (const line of lines) this.line(` * ${line}`.trimEnd());
			this.line(' */');
		}
	}

	/** A local that no WIT name can become. */
	local(): string {
		return `__v${this.#locals++}`;
	}

	toString(): string {
		return `${this.#lines.join('\n')}\n`;
	}
}
