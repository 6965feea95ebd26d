/** Says how soon bytes may go so that a rate is kept: over any time t at most `burstBytes` + rate x t. */
export class TokenBucket {
	#rateKbps: number;
	#burstBytes: number;
	/** Bytes that may go at `#atUs`. */
	#tokens: number;
	#atUs: number;

	constructor({ rateKbps, burstBytes, nowUs }: { rateKbps: number; burstBytes: number; nowUs: number }) {
		this.#rateKbps = rateKbps;
		this.#burstBytes = burstBytes;
		this.#tokens = burstBytes;
		this.#atUs = nowUs;
	}

	/** Changes the rate from now on; what was saved up at the old one stays, up to the new burst. */
	reshape({ rateKbps, burstBytes, nowUs }: { rateKbps: number; burstBytes: number; nowUs: number }): void {
		this.#refill(nowUs);
		this.#rateKbps = rateKbps;
		this.#burstBytes = burstBytes;
		this.#tokens = Math.min(this.#tokens, burstBytes);
	}

	/**
	 * Takes `bytes`, all or nothing.
	 * @param bytes at most the burst
	 * @returns 0 where they may go now; otherwise the microseconds, 1 or more, after which to ask again
	 */
	take(bytes: number, nowUs: number): number {
		if (bytes > this.#burstBytes)
			throw new RangeError(`${bytes} bytes never fit a burst of ${this.#burstBytes}`);
		this.#refill(nowUs);
		if (this.#tokens >= bytes) {
			this.#tokens -= bytes;
			return 0;
		}
		return Math.max(1, Math.ceil(((bytes - this.#tokens) * 8000) / this.#rateKbps));
	}

	#refill(nowUs: number): void {
		// kbit/s are bits a millisecond: 8000 microseconds of 1 kbit/s are one byte.
		const earned = nowUs > this.#atUs ? ((nowUs - this.#atUs) / 8000) * this.#rateKbps : 0;
		this.#tokens = Math.min(this.#burstBytes, this.#tokens + earned);
		this.#atUs = nowUs;
	}
}
