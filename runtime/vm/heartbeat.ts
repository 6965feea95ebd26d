/** A few words of shared memory that say which VM a cell is running, and since which turn. */

const word = { turn: 0, vm: 1 } as const;

export interface RunningTurn {
	readonly vm: number;
	/** Differs for every turn of the cell. */
	readonly turn: number;
}

export class Heartbeat {
	readonly buffer: SharedArrayBuffer;
	readonly #words: Int32Array;
	/** What this side has written last: only one thread writes. */
	#turn = 0;

	constructor(buffer = new SharedArrayBuffer(8)) {
		this.buffer = buffer;
		this.#words = new Int32Array(buffer);
	}

	// Plain stores, which the engine does in place: what is looked for lasts until long after they have arrived.
	begin(vm: number): void {
		this.#words[word.vm] = vm;
		this.#turn = (this.#turn + 1) | 1;
		this.#words[word.turn] = this.#turn;
	}

	/** Ending twice is harmless: an odd count is a turn that runs. */
	end(): void {
		if ((this.#turn & 1) === 0) return;
		this.#turn = (this.#turn + 1) | 0;
		this.#words[word.turn] = this.#turn;
	}

	/** Differs once anything has run since it was looked at before; from any thread. */
	count(): number {
		return Atomics.load(this.#words, word.turn);
	}

	/** The turn that runs at this instant, if any; from any thread. */
	running(): RunningTurn | undefined {
		const turn = Atomics.load(this.#words, word.turn);
		return (turn & 1) === 1 ? { turn, vm: Atomics.load(this.#words, word.vm) } : undefined;
	}
}
