/** The code of a service as it runs: compiled while it is used, and else only where it is kept. */

/** Its SHA-256, in hex. */
export type CodeKey = string;

/** Where code is read from: a port, whose double is `memory-code.ts`. */
export interface CodeReader {
	/** As it was put, to the byte, until the next `read`. @throws any error where it is not there, or not as it was put */
	read(key: CodeKey): Uint8Array<ArrayBuffer>;
}

/** Where checked and instrumented code is kept, longer than the box runs where nobody takes it away. */
export interface CodeStore extends CodeReader {
	/** What is there is not written again. Errors: `disk-full`, `io`. */
	put(code: Uint8Array): Promise<CodeKey>;
	/** Takes one `put` back; the last one takes the code away. */
	remove(key: CodeKey): Promise<void>;
	/** Takes away what nobody has put since this was opened. */
	sweep(): Promise<void>;
}

export interface KeptCode {
	readonly key: CodeKey;
	readonly reader: CodeReader;
	/** Who keeps it for as long as it is needed here; undefined where that is for others to say. */
	readonly store?: CodeStore;
}

export class ServiceCode {
	#key: CodeKey | undefined;
	#reader: CodeReader | undefined;
	#store: CodeStore | undefined;
	#module: WebAssembly.Module | undefined;
	/** Bytes of it, once it had to be read from where it is kept. */
	readBytes: number | undefined;

	/** @param kept where the same is kept; without it, the module stays in memory */
	constructor(module: WebAssembly.Module, kept: KeptCode | undefined) {
		this.#module = module;
		this.#key = kept?.key;
		this.#reader = kept?.reader;
		this.#store = kept?.store;
	}

	/** Undefined where it is kept nowhere. */
	get key(): CodeKey | undefined {
		return this.#key;
	}

	/** @throws any error of `CodeReader` */
	get module(): WebAssembly.Module {
		this.#module ??= this.#compile();
		return this.#module;
	}

	/**
	 * As they are kept, until the next `read`: who is asked for its module after that compiles it, so that happens at once.
	 * Undefined where they are kept nowhere.
	 *
	 * @throws any error of `CodeReader`
	 */
	bytes(): Uint8Array | undefined {
		if (this.#key === undefined || this.#reader === undefined) return undefined;
		const code = this.#reader.read(this.#key);
		if (this.#module === undefined) this.#module = this.#compiled(code);
		return code;
	}

	/** Nobody uses it at present. */
	rest(): void {
		if (this.#key !== undefined) this.#module = undefined;
	}

	/** It is used no more, but perhaps by what it is compiled for already. Errors: those of `CodeStore.remove`. */
	async discard(): Promise<void> {
		const key = this.#key;
		this.#key = undefined;
		if (key !== undefined) await this.#store?.remove(key);
	}

	#compile(): WebAssembly.Module {
		if (this.#key === undefined || this.#reader === undefined)
			throw new TypeError('code that is kept nowhere stays compiled');
		return this.#compiled(this.#reader.read(this.#key));
	}

	#compiled(code: Uint8Array<ArrayBuffer>): WebAssembly.Module {
		this.readBytes = code.length;
		return new WebAssembly.Module(code);
	}
}
