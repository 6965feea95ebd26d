/** Which messages a VM has had: one mark for each sender is enough, since they come in order. */

/** What no two messages of one sender share. */
export interface MessageId {
	/** Number of the VM; 0 for what a VM that stopped had in its inbox. */
	readonly sender: number;
	readonly turn: number;
	/** Place among the effects of the turn. */
	readonly index: number;
	/** Of the record of the turn, in the journal of the cell. */
	readonly sequence: number;
}

/** In place of a sequence: the record is in the journal of another cell. */
export const fromAfar = Number.MAX_SAFE_INTEGER;

export class Marks {
	readonly #last = new Map<number, MessageId>();
	/** The newest of all: who spoke last speaks again, most of the time. It comes into the map afterwards. */
	#newest: MessageId | undefined;

	constructor(marks: Iterable<MessageId> = []) {
		for (const mark of marks) this.take(mark);
	}

	/** False for one that it has had, or one from before that. */
	isNew({ sender, turn, index }: MessageId): boolean {
		const last = this.#newest?.sender === sender ? this.#newest : this.#last.get(sender);
		return last === undefined || turn > last.turn || (turn === last.turn && index > last.index);
	}

	/** It has had this one; false where that is nothing new. */
	take(id: MessageId): boolean {
		if (!this.isNew(id)) return false;
		if (this.#newest !== undefined && this.#newest.sender !== id.sender) this.#settle(this.#newest);
		this.#newest = id;
		return true;
	}

	list(): MessageId[] {
		if (this.#newest !== undefined) this.#settle(this.#newest);
		return [...this.#last.values()];
	}

	#settle(id: MessageId): void {
		this.#last.set(id.sender, id);
	}
}
