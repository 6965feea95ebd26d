/**
 * When each frame is to be heard: the start plus the exact sum of all durations before it.
 *
 * A duration is seldom a whole number of microseconds, so the fraction is carried on as a
 * remainder; an hour of audio ends on the microsecond.
 */
export class Pacing {
	/** Number of the next frame. */
	nextSequence: u64 = 0;
	/** When it is due, in microseconds, rounded down. */
	nextAt: u64 = 0;
	/** What was rounded away, in units of 1/sampleRate microseconds. */
	remainder: u32 = 0;
	sampleRate: u32 = 0;

	/** Goes past one frame; returns its duration, so that `nextAt` was and is the end of the one before. */
	advance(samples: u32, sampleRate: u32): u32 {
		if (this.sampleRate != sampleRate) {
			if (this.sampleRate != 0) this.remainder = <u32>(<u64>this.remainder * sampleRate / this.sampleRate);
			this.sampleRate = sampleRate;
		}
		const total = <u64>samples * 1_000_000 + this.remainder;
		const duration = <u32>(total / sampleRate);
		this.remainder = <u32>(total % sampleRate);
		this.nextAt += duration;
		this.nextSequence++;
		return duration;
	}

	/** Moves the rest of the timeline, so that the next frame is due at `at`. */
	rebase(at: u64): void {
		this.nextAt = at;
		this.remainder = 0;
	}
}
