/** Reads a command line, runs its command, and turns every error into text or JSON and an exit code. */
import { parseArgs } from 'node:util';
import { platformVersion } from '../../firmware/box/identity.ts';
import { CliError } from './cli-error.ts';
import type { Command, Option } from './command.ts';
import { type CommandEntry, commands } from './commands.ts';
import { errorJson, exitCodeOf } from './exit-code.ts';
import { commonOptions, helpOf, overview } from './help.ts';
import { Output, type Sink } from './output.ts';

export interface World {
	readonly out: Sink;
	readonly err: Sink;
	readonly cwd: string;
	/** False where the environment asks for no colours (NO_COLOR). */
	readonly hasColour: boolean;
	readonly signal: AbortSignal;
}

/** Resolves with the exit code; see `exit-code.ts`. */
export async function main(argv: readonly string[], world: World): Promise<number> {
	// Known before the options can be read, for an error in them is JSON too.
	const isJson = argv.includes('--json');
	const output = new Output({ ...world, isJson });
	try {
		await run(argv, { world, output });
		return 0;
	} catch (thrown) {
		const error = isInterruption(thrown, world.signal) ? interrupted(thrown) : thrown;
		const { code, message } = errorJson(error).error;
		if (isJson) output.result(errorJson(error), '');
		else world.err.write(`mullion: ${message} (${code})\n`);
		return exitCodeOf(error);
	}
}

async function run(
	argv: readonly string[],
	{ world, output }: { world: World; output: Output },
): Promise<void> {
	const [name, ...rest] = argv.filter((arg) => arg !== '--json');
	if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
		const topic = name === 'help' ? rest[0] : undefined;
		const entries = commands.map((entry) => ({ name: entry.name, summary: entry.summary }));
		if (topic === undefined) return output.result(entries, overview(commands));
		return showHelp(await find(topic).load(), output);
	}
	if (name === '--version') {
		const { node } = process.versions;
		return output.result({ version: platformVersion, node }, `mullion ${platformVersion}, on Node ${node}`);
	}
	const command = await find(name).load();
	const { values, positionals } = parse(command, rest);
	if (values['help'] === true) return showHelp(command, output);
	const { cwd, signal } = world;
	await command.run({ args: positionals, options: values, output, cwd, signal });
}

/** Every wait ends with an `AbortError` of its own where the signal came. */
function isInterruption(error: unknown, signal: AbortSignal): boolean {
	return signal.aborted && error instanceof Error && error.name === 'AbortError';
}

function interrupted(cause: unknown): CliError {
	return new CliError('interrupted', 'interrupted before it was done', { cause });
}

function find(name: string): CommandEntry {
	const entry = commands.find((other) => other.name === name);
	if (entry !== undefined) return entry;
	const names = commands.map((other) => other.name).join(', ');
	throw new CliError('usage', `there is no command "${name}"; there are ${names}`);
}

function parse(command: Command, args: string[]) {
	const options = Object.fromEntries(
		Object.entries({ ...command.options, ...commonOptions }).map(([name, option]) => [name, config(option)]),
	);
	try {
		return parseArgs({ args, options, allowPositionals: true, strict: true });
	} catch (cause) {
		const [message] = (cause as Error).message.split('\n');
		throw new CliError('usage', `${message} See npx mullion ${command.name} --help`, { cause });
	}
}

function config({ type, short, isRepeated = false }: Option) {
	return { type, ...(short !== undefined && { short }), ...(isRepeated && { multiple: true }) };
}

function showHelp(command: Command, output: Output): void {
	const { name, summary, usage, options, examples } = command;
	output.result(
		{ name, summary, usage, options: { ...options, ...commonOptions }, examples },
		helpOf(command),
	);
}
