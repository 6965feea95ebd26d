/** Gives a VM that is brought back what it read the first time, and sees whether it asks for it. */
import type { Read } from '../recording/turn-record.ts';

export class RecordedReads {
	#reads: readonly Read[] = [];
	#asked = 0;
	#isSame = true;

	/** What the next turn read. */
	give(reads: readonly Read[]): void {
		this.#reads = reads;
		this.#asked = 0;
		this.#isSame = true;
	}

	next(key: string): Uint8Array | undefined {
		const read = this.#reads[this.#asked++];
		if (read?.key === key) return read.value;
		this.#isSame = false;
		return undefined;
	}

	/** It has asked for the same, and for all of it. */
	get isSame(): boolean {
		return this.#isSame && this.#asked === this.#reads.length;
	}
}
