/**
 * Lets an onlooker see messages of chosen topics as they pass.
 *
 * It has a credit of messages and bytes; what goes beyond it passes unseen and is counted, so that
 * looking never costs those who are looked at more than the credit.
 */

export interface TapCredit {
	/** None: nobody looks. */
	readonly topics: readonly string[];
	readonly messages: number;
	/** Bytes of payload. */
	readonly bytes: number;
}

/** The most of one payload that is shown. */
export const mostShownBytes = 4096;

export class Tap {
	#topics: ReadonlySet<string> = new Set();
	#isOpen = false;
	#messages = 0;
	#bytes = 0;
	#unseen = 0;

	/** Whether anybody looks at anything: to be asked before anything else, as nobody does most of the time. */
	get isOpen(): boolean {
		return this.#isOpen;
	}

	/** Gives a new credit in place of what is left of the old one. Returns how many have passed unseen since the last. */
	open({ topics, messages, bytes }: TapCredit): number {
		const unseen = this.#unseen;
		this.#topics = new Set(topics);
		this.#isOpen = topics.length > 0;
		this.#messages = messages;
		this.#bytes = bytes;
		this.#unseen = 0;
		return unseen;
	}

	/** What is to be shown of a payload, in bytes of its own; undefined where it is not to be shown. */
	look(topic: string, payload: Uint8Array): Uint8Array | undefined {
		if (!this.#topics.has(topic)) return undefined;
		const length = Math.min(payload.length, mostShownBytes);
		if (this.#messages === 0 || this.#bytes < length) {
			this.#unseen++;
			return undefined;
		}
		this.#messages--;
		this.#bytes -= length;
		return new Uint8Array(payload.subarray(0, length));
	}
}
