/** `wasi:http/types.fields`: the headers of a request or a response. */

/** RFC 9110 5.6.2. */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

export type Header = readonly [name: string, value: Uint8Array];

/** The most bytes of names and values together, each entry with what it costs by itself. */
const mostBytes = 65_536;
const entryBytes = 32;

export class Fields {
	#entries: Header[] = [];
	#bytes = 0;
	#isImmutable = false;

	static fromList(entries: readonly Header[]): Fields {
		const fields = new Fields();
		for (const [name, value] of entries) fields.append(name, value);
		return fields;
	}

	/** For the host: what a guest is given to read. */
	static fixed(entries: readonly Header[]): Fields {
		const fields = new Fields();
		fields.#entries = [...entries];
		fields.#isImmutable = true;
		return fields;
	}

	get(name: string): Uint8Array[] {
		return this.#entries.flatMap(([each, value]) => (isSame(each, name) ? [value] : []));
	}

	has(name: string): boolean {
		return this.#entries.some(([each]) => isSame(each, name));
	}

	set(name: string, values: readonly Uint8Array[]): void {
		this.delete(name);
		for (const value of values) this.append(name, value);
	}

	delete(name: string): void {
		this.#mayChange();
		checkName(name);
		this.#entries = this.#entries.filter(([each]) => !isSame(each, name));
		this.#bytes = this.#entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
	}

	append(name: string, value: Uint8Array): void {
		this.#mayChange();
		checkName(name);
		// RFC 9110 5.5: no control characters but the tab.
		if (value.some((byte) => (byte < 0x20 && byte !== 0x09) || byte === 0x7f))
			throw { tag: 'invalid-syntax' };
		this.#bytes += sizeOf([name, value]);
		if (this.#bytes > mostBytes) throw { tag: 'forbidden' };
		this.#entries.push([name, value]);
	}

	entries(): Header[] {
		return this.#entries;
	}

	clone(): Fields {
		const copy = new Fields();
		copy.#entries = [...this.#entries];
		copy.#bytes = this.#bytes;
		return copy;
	}

	/** What has become the head of a message does not change any more. */
	fix(): this {
		this.#isImmutable = true;
		return this;
	}

	#mayChange(): void {
		if (this.#isImmutable) throw { tag: 'immutable' };
	}
}

function sizeOf([name, value]: Header): number {
	return name.length + value.length + entryBytes;
}

function isSame(one: string, other: string): boolean {
	return one.toLowerCase() === other.toLowerCase();
}

function checkName(name: string): void {
	if (!token.test(name)) throw { tag: 'invalid-syntax' };
}
