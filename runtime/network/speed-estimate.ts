/**
 * Tells how fast a network is from the transfers it carried.
 *
 * Bytes and time are summed, each fading as newer transfers come, so a long transfer weighs more
 * than a short one. A transfer too small or too quick to leave slow start behind says something
 * about latency and nothing about speed, and is left out.
 */
export class SpeedEstimate {
	readonly #minimumBytes: number;
	readonly #minimumMs: number;
	readonly #halfLifeMs: number;
	#bytes = 0;
	#ms = 0;

	/**
	 * @param minimumBytes smaller transfers are left out; default 16 KiB
	 * @param minimumMs quicker ones too; default 5 ms
	 * @param halfLifeMs milliseconds of transfer after which an old one counts half; default 4000
	 */
	constructor({ minimumBytes = 16_384, minimumMs = 5, halfLifeMs = 4000 }: SpeedEstimateOptions = {}) {
		this.#minimumBytes = minimumBytes;
		this.#minimumMs = minimumMs;
		this.#halfLifeMs = halfLifeMs;
	}

	/** One transfer that went as fast as the network let it. Returns false if it was left out. */
	add({ bytes, ms }: Transfer): boolean {
		if (!(bytes >= this.#minimumBytes && ms >= this.#minimumMs && Number.isFinite(bytes + ms))) {
			return false;
		}
		const faded = 0.5 ** (ms / this.#halfLifeMs);
		this.#bytes = this.#bytes * faded + bytes;
		this.#ms = this.#ms * faded + ms;
		return true;
	}

	/** kbit/s; undefined until a transfer was big enough to tell. */
	kbps(): number | undefined {
		return this.#ms === 0 ? undefined : Math.max(1, Math.round((this.#bytes * 8) / this.#ms));
	}
}

export interface SpeedEstimateOptions {
	readonly minimumBytes?: number;
	readonly minimumMs?: number;
	readonly halfLifeMs?: number;
}

export interface Transfer {
	readonly bytes: number;
	readonly ms: number;
}
