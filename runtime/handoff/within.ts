/** Bounds a step in time, so that a port that never answers holds nobody up. */
import type { Clock } from '../clock.ts';
import { HandoffError } from './handoff-error.ts';

export interface Bounds {
	readonly clock: Clock;
	readonly ms: number;
	/** Ends the step early, with its reason. */
	readonly signal: AbortSignal;
	/** Named in the error. */
	readonly what: string;
}

/**
 * The result of `act`, or `timed-out`, or the reason of `signal`, whichever is first. The signal
 * handed to `act` is aborted when nobody waits for it any more; what it does then is dropped.
 */
export async function within<T>(
	{ clock, ms, signal, what }: Bounds,
	act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
	signal.throwIfAborted();
	const inner = new AbortController();
	const { promise: cut, reject } = Promise.withResolvers<never>();
	const onAbort = (): void => reject(signal.reason);
	signal.addEventListener('abort', onAbort, { once: true });
	const timer = clock.after(ms, () =>
		reject(new HandoffError('timed-out', `${what} took longer than ${ms} ms`)),
	);
	try {
		return await Promise.race([act(inner.signal), cut]);
	} catch (error) {
		inner.abort(error);
		throw error;
	} finally {
		timer.cancel();
		signal.removeEventListener('abort', onAbort);
	}
}
