/** The value of an option that counts something. */
import { CliError } from './cli-error.ts';
import { type Context, text } from './command.ts';

/** Undefined where it was not given. Errors: `usage`. */
export function wholeNumber(
	context: Context,
	name: string,
	{ least = 0, most }: { readonly least?: number; readonly most: number },
): number | undefined {
	const given = text(context, name);
	if (given === undefined) return undefined;
	const number = Number(given);
	if (/^\d+$/.test(given) && number >= least && number <= most) return number;
	throw new CliError('usage', `--${name} takes a whole number from ${least} to ${most}, not "${given}"`);
}
