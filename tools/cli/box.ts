/** The box a command talks to, for as long as it does. */
import { Controller } from '../controller/controller.ts';
import { CliError } from './cli-error.ts';
import type { Context } from './command.ts';
import { findHeadend } from './headend-file.ts';

/** Milliseconds that a box has to come back in: an emulated one takes that long to start. */
const comingBackMs = 30_000;
/** Milliseconds until it is said what is waited for. */
const silentMs = 3000;

/**
 * Waits for the box to be there first: a command that is sent to one that restarts is lost.
 * Errors: `no-headend`, `bad-headend-file`, `unreachable`, `no-answer`, and those of `use`.
 */
export async function withBox<T>(
	context: Context,
	use: (box: Controller, headend: { readonly broker: string }) => Promise<T>,
): Promise<T> {
	const { broker, agent } = await findHeadend(context);
	if (broker === undefined || agent === undefined)
		throw noHeadend(broker === undefined ? '--broker' : '--agent');
	await using box = await Controller.connect({ broker, agent });
	await reach(box, { agent, context });
	return await use(box, { broker });
}

/** @param missing the option that would do instead */
export function noHeadend(missing: string): CliError {
	return new CliError(
		'no-headend',
		`no running headend is known here: run "npx mullion headend" or "npm start", or give ${missing}`,
	);
}

async function reach(
	box: Controller,
	{ agent, context }: { agent: string; context: Context },
): Promise<void> {
	const { signal, output } = context;
	const slow = setTimeout(() => output.progress(`Waiting for ${agent} ...`), silentMs);
	try {
		await box.reach({ withinMs: comingBackMs, signal });
	} finally {
		clearTimeout(slow);
	}
}
