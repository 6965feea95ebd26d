/** Waiting for a box that fetches something: who waits for long is told why, and not left alone with it. */
import { setTimeout as pause } from 'node:timers/promises';
import { type IsServedOptions, isServed } from '../headend/repository/is-served.ts';
import { CliError } from './cli-error.ts';

export interface PatienceOptions<T> {
	/** `mqtt://host:port`. */
	readonly broker: string;
	/** What the box is to get. */
	readonly what: string;
	readonly work: (signal: AbortSignal) => Promise<T>;
	readonly tell: (text: string) => void;
	readonly signal: AbortSignal;
	/** Milliseconds until it is looked whether the repository is served; default ten seconds. */
	readonly patienceMs?: number;
	/** Milliseconds for an answer to that; default twenty seconds. */
	readonly lookMs?: number;
}

/**
 * Resolves as `work` does. The box may take its time as long as somebody serves it the repository.
 * Errors: `not-served`; those of `work`.
 */
export async function withPatience<T>(options: PatienceOptions<T>): Promise<T> {
	const enough = new AbortController();
	const signal = AbortSignal.any([options.signal, enough.signal]);
	try {
		const work = options.work(signal);
		// Looking ends in nothing but an error: what the box does is what is waited for.
		const looked = lookWhileWaiting({ ...options, signal }).catch((error: unknown) => {
			// The work hears of it too, and knows what it must not leave half done.
			if (!signal.aborted) throw error;
		});
		return await Promise.race([work, looked.then(() => work)]);
	} finally {
		enough.abort();
	}
}

async function lookWhileWaiting<T>(options: PatienceOptions<T>): Promise<void> {
	const { broker, what, tell, signal, patienceMs = 10_000, lookMs = 20_000 } = options;
	await pause(patienceMs, undefined, { signal });
	tell(`The box has not got ${what} yet. Does a headend serve the repository? Looking ...`);
	await requireServed({ broker, what, signal, withinMs: lookMs });
	tell('One does: the box is still at it.');
}

/** Errors: `not-served`, where nobody answers who asks as a box does. */
export async function requireServed({
	what,
	...where
}: IsServedOptions & Pick<PatienceOptions<unknown>, 'what'>): Promise<void> {
	if (await isServed(where)) return;
	const message = `nobody serves the repository on ${where.broker}, so that the box cannot fetch ${what}`;
	throw new CliError('not-served', `${message}: run "npx mullion headend" and try again`);
}
