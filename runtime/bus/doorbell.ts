/**
 * Wakes a thread that sleeps, once, and costs those who find it awake no more than a look.
 *
 * The word says whether it sleeps. Who lies down looks once more after saying so, and who brings
 * something looks at the word after bringing it: one of the two sees the other.
 */
const awake = 0;
const asleep = 1;

/** How the sleeper whose bell this is is reached: a port of its thread, for instance. */
export type Notify = (bell: SharedArrayBuffer) => void;

export class Doorbell {
	readonly buffer: SharedArrayBuffer;
	readonly #word: Int32Array;
	readonly #notify: Notify;

	/** @param notify for those who ring; its owner needs none */
	constructor(buffer = new SharedArrayBuffer(4), notify: Notify = () => undefined) {
		this.buffer = buffer;
		this.#word = new Int32Array(buffer);
		this.#notify = notify;
	}

	/** From any thread, after something was brought. */
	ring(): void {
		if (Atomics.load(this.#word, 0) === asleep && Atomics.exchange(this.#word, 0, awake) === asleep)
			this.#notify(this.buffer);
	}

	/** The owner has nothing to do; false when something came meanwhile, and it stays awake. */
	lieDown(isIdle: () => boolean): boolean {
		Atomics.store(this.#word, 0, asleep);
		if (isIdle()) return true;
		Atomics.store(this.#word, 0, awake);
		return false;
	}

	/** The owner is awake for another reason: nobody needs to ring. */
	getUp(): void {
		Atomics.store(this.#word, 0, awake);
	}
}
