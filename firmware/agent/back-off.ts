/** How long to wait before the next attempt to reach the broker. */

const firstMs = 250;
/** Small, since after maintenance of the broker the whole fleet should be back within a minute. */
const mostMs = 10_000;

/**
 * Doubles from a quarter of a second to ten seconds, each spread over its upper half, so that a fleet
 * does not come back in one instant.
 *
 * @param failures attempts that failed since the last success
 * @param random 0 up to 1
 */
export function backOffMs(failures: number, random: number): number {
	const full = Math.min(mostMs, firstMs * 2 ** Math.min(failures, 16));
	return Math.round(full / 2 + (random * full) / 2);
}
