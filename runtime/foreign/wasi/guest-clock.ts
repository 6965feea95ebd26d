/**
 * Time as one run of a WASI guest sees it: the time of its turn, and on from there as it sleeps.
 *
 * A guest that waits would keep its cell from everything else. So waiting takes no time outside:
 * the guest's own clock is put forward to what it waited for, and it goes on at once.
 */

const mostNs = 0xffff_ffff_ffff_ffffn;

export class GuestClock {
	readonly stepNs: bigint;
	#nowNs: bigint;

	/** @param nowUs microseconds since the epoch, a multiple of `stepUs` */
	constructor(nowUs: bigint, stepUs: number) {
		this.#nowNs = nowUs * 1000n;
		this.stepNs = BigInt(stepUs) * 1000n;
	}

	/** Nanoseconds since the epoch. */
	get nowNs(): bigint {
		return this.#nowNs;
	}

	after(durationNs: bigint): bigint {
		const instant = this.#nowNs + durationNs;
		return instant > mostNs ? mostNs : instant;
	}

	/** In the past is now. */
	sleepUntil(instantNs: bigint): void {
		if (instantNs > this.#nowNs) this.#nowNs = instantNs;
	}
}
