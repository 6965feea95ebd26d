/** One direction of a connection over a shaped path: first its turn at the rate, then the delay. */
import type { Clock } from '../../../runtime/clock.ts';
import { DelayLine } from './delay-line.ts';
import type { Lane, Pacer } from './pacer.ts';

/** Bytes under way at most, as a TCP window would allow. */
const windowBytes = 1_048_576;

/** What ends the direction: in order, or by a reset. Both wait for the bytes before them. */
export type Ending = 'end' | 'reset';

export interface ShapedDirectionOptions {
	readonly clock: Clock;
	readonly pacer: Pacer;
	readonly delayMs: number;
	readonly notBeforeUs: number;
	/** Takes bytes at the far end; false means that it can take no more until `ready`. */
	readonly deliver: (bytes: Uint8Array) => boolean;
	readonly finish: (ending: Ending) => void;
}

export class ShapedDirection {
	readonly #lane: Lane;
	readonly #line: DelayLine<Uint8Array | Ending>;
	#heldBytes = 0;
	/** Called once there is room in the window again. */
	#onRoom: (() => void) | undefined;
	#isUp = true;
	#isTaken = true;

	constructor({ clock, pacer, delayMs, notBeforeUs, deliver, finish }: ShapedDirectionOptions) {
		this.#lane = pacer.lane();
		this.#line = new DelayLine({
			clock,
			delayMs,
			notBeforeUs,
			deliver: (item) => {
				if (typeof item === 'string') finish(item);
				else {
					this.#heldBytes -= item.length;
					this.#isTaken = deliver(item);
				}
				if (this.#heldBytes < windowBytes) this.#signalRoom();
				return this.#isTaken;
			},
		});
	}

	/** @param done called when the next chunk may be sent */
	send(chunk: Uint8Array, done: () => void): void {
		this.#lane.send(
			chunk,
			(piece) => {
				this.#heldBytes += piece.length;
				this.#line.push(piece);
			},
			() => {
				this.#onRoom = done;
				if (this.#heldBytes < windowBytes) this.#signalRoom();
			},
		);
	}

	/** To be called when the last chunk is `done`. */
	end(ending: Ending): void {
		this.#line.push(ending);
	}

	/** The far end can take more. */
	ready(): void {
		this.#isTaken = true;
		this.#line.setRunning(this.#isUp);
	}

	setDelay(delayMs: number): void {
		this.#line.setDelay(delayMs);
	}

	setUp(isUp: boolean): void {
		this.#isUp = isUp;
		this.#line.setRunning(isUp && this.#isTaken);
	}

	close(): void {
		this.#onRoom = undefined;
		this.#lane.close();
		this.#line.close();
	}

	#signalRoom(): void {
		const done = this.#onRoom;
		this.#onRoom = undefined;
		done?.();
	}
}
