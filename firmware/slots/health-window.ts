/** Waits until a box is healthy, and stays so for a while, or until its time is over. */
import type { Clock } from '../../runtime/clock.ts';
import type { Health } from './health.ts';

export interface HealthWindow {
	/** How long it may take; default 10 minutes. */
	readonly windowMs?: number;
	/** Time between two checks; default 10 seconds. */
	readonly everyMs?: number;
	/** Checks in a row that must find nothing; default 3. */
	readonly needed?: number;
}

export interface HealthWait extends HealthWindow {
	readonly health: Health;
	readonly clock: Clock;
	/** Problems there were before: the box need not be better than it was. */
	readonly before: readonly string[];
	readonly signal?: AbortSignal | undefined;
	/** Told of the problems that a check found, where they are others than the one before found; that found none at first. */
	readonly onFound?: ((problems: readonly string[]) => void) | undefined;
}

/** Nothing if it is healthy; else what was wrong when its time was over. Errors: the signal's reason. */
export async function waitForHealth(wait: HealthWait): Promise<readonly string[]> {
	const { health, clock, before, onFound, windowMs = 600_000, everyMs = 10_000, needed = 3 } = wait;
	wait.signal?.throwIfAborted();
	const end = new AbortController();
	const signal = wait.signal === undefined ? end.signal : AbortSignal.any([end.signal, wait.signal]);
	const ended = new Promise<void>((resolve) =>
		signal.addEventListener('abort', () => resolve(), { once: true }),
	);
	const timer = clock.after(windowMs, () => end.abort());
	let problems: readonly string[] = ['no-answer'];
	let told = '';
	try {
		for (let inRow = 0; ; ) {
			// A check that never ends must not hold the box: its time is over with the window.
			const found = await Promise.race([checked(health, signal), ended]);
			wait.signal?.throwIfAborted();
			if (found === undefined) return problems;
			problems = found.filter((problem) => !before.includes(problem));
			if (problems.join() !== told) onFound?.(problems);
			told = problems.join();
			inRow = problems.length === 0 ? inRow + 1 : 0;
			if (inRow >= needed) return [];
			const { promise: passed, resolve } = Promise.withResolvers<void>();
			const pause = clock.after(everyMs, resolve);
			await Promise.race([passed, ended]);
			pause.cancel();
			wait.signal?.throwIfAborted();
			if (end.signal.aborted) return problems.length > 0 ? problems : ['unsteady'];
		}
	} finally {
		timer.cancel();
		// What is still being checked, nobody waits for.
		end.abort();
	}
}

/** What is wrong now; nothing is known to be if there is no answer in `timeoutMs`. */
export async function problemsNow({
	health,
	clock,
	timeoutMs = 30_000,
}: Pick<HealthWait, 'health' | 'clock'> & { readonly timeoutMs?: number }): Promise<readonly string[]> {
	const end = new AbortController();
	const { promise: late, resolve } = Promise.withResolvers<readonly string[]>();
	const timer = clock.after(timeoutMs, () => resolve([]));
	try {
		return await Promise.race([checked(health, end.signal), late]);
	} finally {
		timer.cancel();
		end.abort();
	}
}

async function checked(health: Health, signal: AbortSignal): Promise<readonly string[]> {
	try {
		return await health.check(signal);
	} catch {
		return ['check-failed'];
	}
}
