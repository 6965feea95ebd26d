/**
 * Messages between kept VMs for those that have not come back yet: VMs are started one by one, and what
 * the first ones said must wait for the last one.
 */
import type { MessageId } from './marks.ts';

export interface UnclaimedMessage {
	readonly id: MessageId;
	readonly topic: string;
	readonly payload: Uint8Array;
}

/** What may wait; the rest is lost, as for a VM that is not there. */
const most = { messages: 65_536, bytes: 16_777_216 };

export class Unclaimed {
	#messages: UnclaimedMessage[] = [];
	#bytes = 0;

	/** False when there is no room. */
	add(message: UnclaimedMessage): boolean {
		if (this.#messages.length >= most.messages || this.#bytes + message.payload.length > most.bytes)
			return false;
		this.#messages.push(message);
		this.#bytes += message.payload.length;
		return true;
	}

	/** In the order they were said. They stay: there may be more than one that they are for. */
	on(topics: ReadonlySet<string>): UnclaimedMessage[] {
		return this.#messages
			.filter(({ topic }) => topics.has(topic))
			.toSorted((a, b) => a.id.sequence - b.id.sequence || a.id.index - b.id.index);
	}

	of(sender: number): readonly UnclaimedMessage[] {
		return this.#messages.filter(({ id }) => id.sender === sender);
	}

	/** Everybody is there. */
	clear(): void {
		this.#messages = [];
		this.#bytes = 0;
	}
}
