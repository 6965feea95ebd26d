/** The box's clock: wall time at start, carried on by the monotonic clock, so that it never goes back. */
import type { Clock } from '../../runtime/clock.ts';

export function systemClock(): Clock {
	// The global is a getter: it need not be called for every reading.
	const { performance } = globalThis;
	const startUs = Math.round(performance.timeOrigin * 1000);
	return {
		now: () => startUs + Math.round(performance.now() * 1000),
		after: (delayMs, fire) => {
			// Fractions would be cut off, and the timer come early.
			const timer = setTimeout(fire, Math.ceil(delayMs));
			return { cancel: () => clearTimeout(timer) };
		},
	};
}
