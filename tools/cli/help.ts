/** The help of the command line, made of what each command says of itself. */
import type { Command, Option } from './command.ts';
import type { CommandEntry } from './commands.ts';
import { exitCodes } from './exit-code.ts';

/** Options that every command takes. */
export const commonOptions: Readonly<Record<string, Option>> = {
	json: { type: 'boolean', help: 'one JSON value on stdout, errors as { "error": { "code", "message" } }' },
	help: { type: 'boolean', short: 'h', help: 'this text' },
};

export function overview(entries: readonly CommandEntry[]): string {
	return [
		'Usage: mullion COMMAND [ARGUMENTS] [OPTIONS]',
		'',
		'Commands:',
		...columns(entries.map(({ name, summary }) => [name, summary])),
		'',
		'`npx mullion COMMAND --help` tells more of each, `npx mullion --version` which Mullion this is. Exit codes:',
		...columns(Object.entries(exitCodes)),
	].join('\n');
}

export function helpOf({ name, summary, usage, options, examples }: Command): string {
	const all = Object.entries({ ...options, ...commonOptions });
	return [
		`Usage: mullion ${name} ${usage}`.trimEnd(),
		'',
		summary,
		'',
		'Options:',
		...columns(
			all.map(([option, { short, value, help }]) => [
				`${short === undefined ? '' : `-${short}, `}--${option}${value === undefined ? '' : ` ${value}`}`,
				help,
			]),
		),
		'',
		'Examples:',
		...columns(examples.map(([line, what]) => [`npx ${line}`, what])),
	].join('\n');
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
	const width = Math.max(...rows.map(([left]) => left.length));
	return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
