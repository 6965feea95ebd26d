/** The box's clock: wall time at start, carried on by the monotonic clock, so that it never goes back. */
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import type { Clock } from '../../runtime/clock.ts';

export function systemClock(): Clock {
	// Not `performance.now`, which looks each time whether it was called as what it is: turns read the clock.
	const { hrtime } = process;
	const startUs = sharedStart();
	return {
		now: () => {
			const time = hrtime();
			return startUs + time[0] * 1_000_000 + Math.round(time[1] / 1000);
		},
		after: (delayMs, fire) => {
			// Fractions would be cut off, and the timer come early.
			const timer = setTimeout(fire, Math.ceil(delayMs));
			return { cancel: () => clearTimeout(timer) };
		},
	};
}

/** What the wall clock shows where the monotonic one shows nothing, in microseconds: under this name for every thread. */
const place = 'mullion.clock';

/**
 * Times of two threads are compared with each other, so they have it from the first that asks: wall clocks are not read
 * closely enough. Not from `performance`, which a start would wait for.
 */
function sharedStart(): number {
	const known = getEnvironmentData(place);
	if (typeof known === 'number') return known;
	const startUs = Date.now() * 1000 - Number(process.hrtime.bigint() / 1000n);
	setEnvironmentData(place, startUs);
	return startUs;
}
