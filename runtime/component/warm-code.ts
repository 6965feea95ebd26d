/**
 * Keeps the code of sleeping services compiled that were woken before: who was woken once is likely to be again.
 *
 * Compiling takes longer than all else of a wake, and what the engine has optimised would be lost. One that
 * only ever slept takes no room here.
 */
import type { ServiceCode } from './service-code.ts';

export class WarmCode {
	readonly #mostBytes: number;
	/** Those asleep, the one that has slept longest first. */
	readonly #codes = new Map<ServiceCode, number>();
	#bytes = 0;

	/** @param mostBytes of code, all together; compiled it takes several times as much; default 256 KiB */
	constructor(mostBytes = 262_144) {
		this.#mostBytes = mostBytes;
	}

	/** Whether it stays compiled when it rests. */
	keeps({ readBytes }: ServiceCode): boolean {
		return readBytes !== undefined && readBytes <= this.#mostBytes;
	}

	/** Nobody uses it at present. Those that have slept longest give way to it. */
	rest(code: ServiceCode): void {
		const { readBytes } = code;
		if (readBytes === undefined || !this.keeps(code)) return code.rest();
		this.take(code);
		this.#codes.set(code, readBytes);
		this.#bytes += readBytes;
		for (const [longest] of this.#codes) {
			if (this.#bytes <= this.#mostBytes) return;
			this.take(longest);
			longest.rest();
		}
	}

	/** It is used again, or for good no more: it is not kept here any longer. */
	take(code: ServiceCode): void {
		this.#bytes -= this.#codes.get(code) ?? 0;
		this.#codes.delete(code);
	}
}
