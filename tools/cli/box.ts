/** The box a command talks to, for as long as it does. */
import { Controller } from '../controller/controller.ts';
import { CliError } from './cli-error.ts';
import type { Context } from './command.ts';
import { findHeadend } from './headend-file.ts';

/** Errors: `no-headend`, `bad-headend-file`, `unreachable`, and those of `use`. */
export async function withBox<T>(
	context: Context,
	use: (box: Controller, headend: { readonly broker: string }) => Promise<T>,
): Promise<T> {
	const { broker, agent } = await findHeadend(context);
	if (broker === undefined || agent === undefined) {
		const missing = broker === undefined ? '--broker' : '--agent';
		throw new CliError(
			'no-headend',
			`no running headend is known here: run "npx mullion headend" or "npm start", or give ${missing}`,
		);
	}
	await using box = await Controller.connect({ broker, agent });
	return await use(box, { broker });
}
