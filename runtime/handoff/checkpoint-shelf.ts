/** Keeps the last few checkpoints of a session, since the newest may be ahead of what was heard. */
import type { Checkpoint } from './session-control.ts';

export type KeptState = Pick<Checkpoint, 'state' | 'nextSequence'>;

/** Enough for several seconds of lead between a VM and what is heard. */
const mostKept = 8;

export class CheckpointShelf {
	#kept: KeptState[] = [];

	add(checkpoint: KeptState): void {
		this.#kept = [...this.#kept, checkpoint].sort((a, b) => a.nextSequence - b.nextSequence);
		if (this.#kept.length > mostKept) {
			// The oldest is the only one sure to be heard already, so the next one goes.
			this.#kept.splice(1, 1);
		}
	}

	/** The newest whose frames all lie before `sequence`. */
	newestUpTo(sequence: number): KeptState | undefined {
		return this.#kept.findLast(({ nextSequence }) => nextSequence <= sequence);
	}

	/** Frames before `sequence` will never be wanted again: drops what is older than is needed for it. */
	settle(sequence: number): void {
		const newest = this.newestUpTo(sequence);
		this.#kept = this.#kept.filter(
			(checkpoint) => checkpoint === newest || checkpoint.nextSequence > sequence,
		);
	}

	clear(): void {
		this.#kept = [];
	}
}
