/**
 * When a repeating timer is due again: on the beat that it was set on, however late a tick comes.
 *
 * A tick that is less than a period late delays nothing, one that is less than two late is followed by the one that
 * was due meanwhile, and beyond that those that were missed are left out: they never come as a burst.
 */
import type { ArmedTimer } from './passage.ts';

/** @param timer one whose tick is given or taken now */
export function nextTickUs({ dueUs, delayMs }: Pick<ArmedTimer, 'dueUs' | 'delayMs'>, nowUs: number): number {
	const periodUs = Math.max(1, delayMs) * 1000;
	const periodsLate = Math.floor((nowUs - dueUs) / periodUs);
	return dueUs + periodUs * (periodsLate < 2 ? 1 : periodsLate + 1);
}
