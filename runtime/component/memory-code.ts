/** Keeps code in memory: the double of `CodeStore`. */
import { sha256 } from '../module/store-digest.ts';
import type { CodeKey, CodeStore } from './service-code.ts';

export class MemoryCode implements CodeStore {
	readonly #code: Map<CodeKey, Uint8Array<ArrayBuffer>>;
	readonly #uses = new Map<CodeKey, number>();

	/** @param code what one before has left */
	constructor(code = new Map<CodeKey, Uint8Array<ArrayBuffer>>()) {
		this.#code = code;
	}

	async put(code: Uint8Array): Promise<CodeKey> {
		const key = await sha256(code);
		this.#code.set(key, new Uint8Array(code));
		this.#uses.set(key, (this.#uses.get(key) ?? 0) + 1);
		return key;
	}

	read(key: CodeKey): Uint8Array<ArrayBuffer> {
		const code = this.#code.get(key);
		if (code === undefined) throw new RangeError(`there is no code ${key}`);
		return code;
	}

	async remove(key: CodeKey): Promise<void> {
		const uses = (this.#uses.get(key) ?? 0) - 1;
		if (uses > 0) this.#uses.set(key, uses);
		else {
			this.#uses.delete(key);
			this.#code.delete(key);
		}
	}

	async sweep(): Promise<void> {
		for (const key of this.#code.keys()) if (!this.#uses.has(key)) this.#code.delete(key);
	}

	/** How much is kept. */
	get size(): number {
		return this.#code.size;
	}
}
