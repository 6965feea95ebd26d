/** Shares one rate among many senders, a small piece each in turn. */
import type { Clock, Timer } from '../../../runtime/clock.ts';
import { TokenBucket } from './token-bucket.ts';

/** Payload of a full Ethernet TCP segment with timestamps: what a real path would interleave. */
export const pieceBytes = 1448;
/** Saved-up time that a timer that fires late may catch up on. */
const burstMs = 25;

/** One sender's place in the turn. */
export interface Lane {
	/**
	 * Sends a chunk in pieces.
	 * @param pass called with each piece when its turn has come
	 * @param done called after the last piece; only then may the lane send again
	 */
	send(chunk: Uint8Array, pass: (piece: Uint8Array) => void, done: () => void): void;
	/** Gives up what is still to send; neither callback is called again. */
	close(): void;
}

interface Turn {
	chunk: Uint8Array;
	pass: (piece: Uint8Array) => void;
	done: () => void;
}

export class Pacer {
	readonly #clock: Clock;
	readonly #bucket: TokenBucket;
	#isRunning = true;
	#isPumping = false;
	#timer: Timer | undefined;
	/** Those that have something to send, in the order of their turns. */
	#turns: Turn[] = [];

	constructor({ clock, rateKbps }: { clock: Clock; rateKbps: number }) {
		this.#clock = clock;
		this.#bucket = new TokenBucket({ rateKbps, burstBytes: burstFor(rateKbps), nowUs: clock.now() });
	}

	setRate(rateKbps: number): void {
		this.#bucket.reshape({ rateKbps, burstBytes: burstFor(rateKbps), nowUs: this.#clock.now() });
		this.#pump();
	}

	/** While it does not run nothing passes, and all keep their turn. */
	setRunning(isRunning: boolean): void {
		this.#isRunning = isRunning;
		this.#pump();
	}

	lane(): Lane {
		let current: Turn | undefined;
		return {
			send: (chunk, pass, done) => {
				current = { chunk, pass, done };
				this.#turns.push(current);
				this.#pump();
			},
			close: () => {
				this.#turns = this.#turns.filter((turn) => turn !== current);
			},
		};
	}

	#pump(): void {
		// A piece that passes may make its sender send again at once; the loop that is running takes it up.
		if (this.#isPumping) return;
		this.#isPumping = true;
		this.#timer?.cancel();
		this.#timer = undefined;
		while (this.#isRunning) {
			const turn = this.#turns[0];
			if (turn === undefined) break;
			const piece = turn.chunk.subarray(0, pieceBytes);
			const waitUs = this.#bucket.take(piece.length, this.#clock.now());
			if (waitUs > 0) {
				this.#timer = this.#clock.after(waitUs / 1000, () => this.#pump());
				break;
			}
			this.#turns.shift();
			turn.chunk = turn.chunk.subarray(piece.length);
			const isLast = turn.chunk.length === 0;
			if (!isLast) this.#turns.push(turn);
			turn.pass(piece);
			if (isLast) turn.done();
		}
		this.#isPumping = false;
	}
}

function burstFor(rateKbps: number): number {
	return Math.max(2 * pieceBytes, (rateKbps * burstMs) / 8);
}
