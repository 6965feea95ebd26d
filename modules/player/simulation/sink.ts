/** The box's player as a listener hears it: frames in the order they came, from one owner at a time. */
import type { Agenda } from './agenda.ts';

export interface HeardFrame {
	readonly sequence: number;
	readonly at: number;
	readonly duration: number;
	readonly bytes: Uint8Array;
	/** How long before it was due it came; below 0 it was late. */
	readonly ahead: number;
}

export class Sink {
	readonly frames: HeardFrame[] = [];
	owner: unknown;
	/** Frames of a player that did not have the session. */
	strangers = 0;
	readonly #agenda: Agenda;

	constructor(agenda: Agenda) {
		this.#agenda = agenda;
	}

	/** The first frame that is not here yet, and when it is due. */
	get next(): { readonly sequence: number; readonly at: number } {
		const last = this.frames.at(-1);
		return last === undefined
			? { sequence: 0, at: 0 }
			: { sequence: last.sequence + 1, at: last.at + last.duration };
	}

	take(owner: unknown, frame: Omit<HeardFrame, 'ahead'>): void {
		if (owner !== this.owner) this.strangers++;
		else this.frames.push({ ...frame, ahead: frame.at - this.#agenda.now });
	}
}
