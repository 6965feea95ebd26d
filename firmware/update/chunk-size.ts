/**
 * How many bytes a request asks for: as many as come soon. Each request and each answer costs a box work of its
 * own, whatever is in it; but what comes slowly is asked for in little, so that it is not taken for lost, and that
 * little has to come again after a cut.
 */
import type { Clock } from '../../runtime/clock.ts';

export interface ChunkSizes {
	/** What is asked for first. */
	readonly least: number;
	readonly most: number;
}

/** Where nothing else is said. Larger answers are a tenth less work, and take a box three times the memory. */
export const usualSizes: ChunkSizes = { least: 16_384, most: 262_144 };

/** An answer that took less may be twice as long the next time, in microseconds. */
const soon = 250_000;
/** And one that took longer must be half as long. */
const late = 1_000_000;

export class ChunkSize {
	readonly #sizes: ChunkSizes;
	readonly #clock: Clock;
	#bytes: number;

	constructor(sizes: ChunkSizes, clock: Clock) {
		this.#sizes = sizes;
		this.#clock = clock;
		this.#bytes = sizes.least;
	}

	get bytes(): number {
		return this.#bytes;
	}

	/** Asks, and learns from how long the answer takes. @param bytes how many are asked for */
	async timed<Answer>(bytes: number, ask: () => Promise<Answer>): Promise<Answer> {
		const askedAt = this.#clock.now();
		const answer = await ask();
		const took = this.#clock.now() - askedAt;
		const { least, most } = this.#sizes;
		// Several are on their way: each of them says the same of the size that it had, not of the one that is now.
		if (took < soon && bytes === this.#bytes) this.#bytes = Math.min(most, bytes * 2);
		else if (took > late && bytes >= this.#bytes) this.#bytes = Math.max(least, this.#bytes >> 1);
		return answer;
	}
}
