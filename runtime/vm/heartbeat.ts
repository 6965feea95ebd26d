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

	constructor(buffer = new SharedArrayBuffer(8)) {
		this.buffer = buffer;
		this.#words = new Int32Array(buffer);
	}

	begin(vm: number): void {
		this.#words[word.vm] = vm;
		Atomics.add(this.#words, word.turn, 1);
	}

	/** Ending twice is harmless: an odd count is a turn that runs. */
	end(): void {
		if (((this.#words[word.turn] ?? 0) & 1) === 1) Atomics.add(this.#words, word.turn, 1);
	}

	/** The turn that runs at this instant, if any; from any thread. */
	running(): RunningTurn | undefined {
		const turn = Atomics.load(this.#words, word.turn);
		return (turn & 1) === 1 ? { turn, vm: Atomics.load(this.#words, word.vm) } : undefined;
	}
}
