/** Keeps code in memory: the double of `CodeStore`. */
import { sha256 } from '../module/store-digest.ts';
import type { CodeKey, CodeStore } from './service-code.ts';

export class MemoryCode implements CodeStore {
	readonly #code = new Map<CodeKey, Uint8Array<ArrayBuffer>>();

	async put(code: Uint8Array): Promise<CodeKey> {
		const key = await sha256(code);
		this.#code.set(key, new Uint8Array(code));
		return key;
	}

	read(key: CodeKey): Uint8Array<ArrayBuffer> {
		const code = this.#code.get(key);
		if (code === undefined) throw new RangeError(`there is no code ${key}`);
		return code;
	}

	/** It is there no more. */
	lose(key: CodeKey): void {
		this.#code.delete(key);
	}
}
