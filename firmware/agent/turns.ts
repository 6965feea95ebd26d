/** Runs pieces of asynchronous work one after the other, in the order they were asked for. */
export class Turns {
	#last: Promise<unknown> = Promise.resolve();

	/** Resolves or fails as `work` does; work that failed does not hold up the next. */
	run<T>(work: () => Promise<T>): Promise<T> {
		const done = this.#last.then(work);
		this.#last = done.catch(() => undefined);
		return done;
	}
}
