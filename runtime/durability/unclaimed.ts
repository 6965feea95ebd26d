/**
 * Messages between kept VMs for those that have not come back yet: VMs are started one by one, and what
 * the first ones said must wait for the last one.
 */
import type { Dispatch } from './dispatches.ts';
import { fromAfar, type MessageId } from './marks.ts';

/** What may wait; the rest is lost, as for a VM that is not there. */
const most = { messages: 65_536, bytes: 16_777_216 };

export class Unclaimed {
	#messages: Dispatch[] = [];
	#bytes = 0;

	/** False when there is no room. */
	add(message: Dispatch): boolean {
		if (this.#messages.length >= most.messages || this.#bytes + message.payload.length > most.bytes)
			return false;
		this.#messages.push(message);
		this.#bytes += message.payload.length;
		return true;
	}

	/** In the order they were said. They stay: there may be more than one that they are for. */
	on(topics: ReadonlySet<string>): Dispatch[] {
		return this.#messages
			.filter(({ topic }) => topics.has(topic))
			.toSorted(({ id: a }, { id: b }) => a.sequence - b.sequence || a.turn - b.turn || a.index - b.index);
	}

	of(sender: number): readonly Dispatch[] {
		return this.#messages.filter(({ id }) => id.sender === sender);
	}

	/** Identities of those that came from other cells. */
	*fromAfar(): Generator<MessageId> {
		for (const { id } of this.#messages) if (id.sequence === fromAfar) yield id;
	}

	/** Everybody is there. */
	clear(): void {
		this.#messages = [];
		this.#bytes = 0;
	}
}
