/** How many bytes may pass in a day: what is not used is kept for a day at most, and comes back evenly. */

const dayUs = 86_400_000_000;

export class ByteAllowance {
	readonly #bytesPerDay: number;
	#left: number;
	#countedAt: number;

	/** @param bytesPerDay may be infinite */
	constructor(bytesPerDay: number, nowUs: number) {
		this.#bytesPerDay = bytesPerDay;
		this.#left = bytesPerDay;
		this.#countedAt = nowUs;
	}

	/** So many have passed; false when that was more than there was. */
	take(bytes: number, nowUs: number): boolean {
		this.#count(nowUs);
		this.#left -= bytes;
		return this.#left >= 0;
	}

	isSpent(nowUs: number): boolean {
		this.#count(nowUs);
		return this.#left <= 0;
	}

	#count(nowUs: number): void {
		const back = ((nowUs - this.#countedAt) / dayUs) * this.#bytesPerDay;
		this.#left = Number.isFinite(back) ? Math.min(this.#left + back, this.#bytesPerDay) : this.#bytesPerDay;
		this.#countedAt = nowUs;
	}
}
