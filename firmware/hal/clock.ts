/** The box's clock: wall time at start, carried on by the monotonic clock, so that it never goes back. */
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import type { Clock } from '../../runtime/clock.ts';

export function systemClock(): Clock {
	// Not `performance.now`, which looks each time whether it was called as what it is: turns read the clock.
	const { hrtime } = process;
	const startUs = sharedStart();
	const now = (): number => {
		const time = hrtime();
		return startUs + time[0] * 1_000_000 + Math.round(time[1] / 1000);
	};
	return {
		now,
		after: (delayMs, fire) => {
			if (delayMs <= 0) {
				const soon = setImmediate(fire);
				return { cancel: () => clearImmediate(soon) };
			}
			const dueUs = now() + delayMs * 1000;
			// Timers of the engine count whole milliseconds from when its loop has looked at the time last: they may come
			// early by one, and those of fractions by more.
			const look = (): void => {
				const leftMs = (dueUs - now()) / 1000;
				if (leftMs <= 0) return fire();
				timer = setTimeout(look, wholeMs(leftMs));
			};
			let timer = setTimeout(look, wholeMs(delayMs));
			return { cancel: () => clearTimeout(timer) };
		},
	};
}

/** A timer that is set for longer than the engine counts would fire at once. */
const longestMs = 2 ** 31 - 1;

const wholeMs = (ms: number): number => Math.min(Math.ceil(ms), longestMs);

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
