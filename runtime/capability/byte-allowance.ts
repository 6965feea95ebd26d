/** How many bytes may pass in a day: what is not used is kept for a day at most, and comes back evenly. */

const dayUs = 86_400_000_000;

export class ByteAllowance {
	readonly bytesPerDay: number;
	#used: number;
	#countedAt: number;

	/** @param bytesPerDay may be infinite. @param used what has not come back yet; default nothing */
	constructor(bytesPerDay: number, nowUs: number, used = 0) {
		this.bytesPerDay = bytesPerDay;
		this.#used = used;
		this.#countedAt = nowUs;
	}

	/** So many have passed; false when that was more than there was. */
	take(bytes: number, nowUs: number): boolean {
		this.#used = this.used(nowUs) + bytes;
		this.#countedAt = nowUs;
		return this.#used <= this.bytesPerDay;
	}

	isSpent(nowUs: number): boolean {
		return this.used(nowUs) >= this.bytesPerDay;
	}

	/** What has passed and not come back. */
	used(nowUs: number): number {
		if (this.bytesPerDay === Infinity) return 0;
		// A clock that was ahead before a restart has brought nothing back.
		const passedUs = Math.max(0, nowUs - this.#countedAt);
		return Math.max(0, this.#used - (passedUs / dayUs) * this.bytesPerDay);
	}
}
