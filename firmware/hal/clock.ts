/** The box's clock: wall time at start, carried on by the monotonic clock, so that it never goes back. */
import type { Clock } from '../../runtime/clock.ts';

export function systemClock(): Clock {
	// Not `performance.now`, which looks each time whether it was called as what it is: turns read the clock.
	const { hrtime } = process;
	const [startSeconds, startNs] = hrtime();
	const startUs = Math.round((performance.timeOrigin + performance.now()) * 1000 - startNs / 1000);
	return {
		now: () => {
			const time = hrtime();
			return startUs + (time[0] - startSeconds) * 1_000_000 + Math.round(time[1] / 1000);
		},
		after: (delayMs, fire) => {
			// Fractions would be cut off, and the timer come early.
			const timer = setTimeout(fire, Math.ceil(delayMs));
			return { cancel: () => clearTimeout(timer) };
		},
	};
}
