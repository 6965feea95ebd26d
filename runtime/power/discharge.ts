/** How fast the battery goes down, from its percentage alone: for batteries that do not say how long they last. */

interface Change {
	readonly percent: number;
	readonly atUs: number;
}

export class Discharge {
	/** Where the percentage was when it began, and at its last change since. */
	#first: Change | undefined;
	#last: Change | undefined;

	/** It is being used; to be told whenever it is looked at. */
	note(percent: number, atUs: number): void {
		// A battery that goes up was charged meanwhile: what it said before says nothing any more.
		if (this.#first === undefined || percent > (this.#last?.percent ?? percent)) {
			this.#first = { percent, atUs };
			this.#last = this.#first;
		} else if (percent !== this.#last?.percent) this.#last = { percent, atUs };
	}

	/** It is not used any more. */
	forget(): void {
		this.#first = undefined;
		this.#last = undefined;
	}

	/** Undefined before it has gone down by one percent. */
	secondsLeft(nowUs: number): number | undefined {
		const [first, last] = [this.#first, this.#last];
		if (first === undefined || last === undefined || first.percent === last.percent) return undefined;
		const perPercentUs = (last.atUs - first.atUs) / (first.percent - last.percent);
		return Math.max(0, Math.floor((last.percent * perPercentUs - (nowUs - last.atUs)) / 1e6));
	}
}
