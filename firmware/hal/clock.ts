/** The box's clock: wall time at start, carried on by the monotonic clock, so that it never goes back. */
import type { Clock } from '../../runtime/clock.ts';

export function systemClock(): Clock {
	// Not `performance.now`, which looks each time whether it was called as what it is: turns read the clock.
	const { hrtime } = process;
	const startUs = startOf(hrtime);
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

/** So many looks at both clocks; the one that took least counts. */
const looks = 8;

/**
 * What the clock shows where the monotonic one shows nothing. Clocks of two threads are compared with each other, and
 * something may come between two looks: the first one in a thread loads what does it, which takes milliseconds.
 */
function startOf(hrtime: NodeJS.HRTime): number {
	let best = { tookUs: Number.POSITIVE_INFINITY, startUs: 0 };
	for (let left = looks; left > 0; left--) {
		const beforeUs = microseconds(hrtime());
		const wallUs = (performance.timeOrigin + performance.now()) * 1000;
		const tookUs = microseconds(hrtime()) - beforeUs;
		if (tookUs < best.tookUs) best = { tookUs, startUs: Math.round(wallUs - beforeUs - tookUs / 2) };
	}
	return best.startUs;
}

function microseconds([seconds, nanoseconds]: [number, number]): number {
	return seconds * 1_000_000 + nanoseconds / 1000;
}
