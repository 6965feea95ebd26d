/** `mullion replay`: a recording, played again against the same build or another one. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { type Recording, readRecording } from '../../runtime/recording/recording.ts';
import { inspect, inspectionText } from '../recording/inspection.ts';
import { type PlayedTurn, prepareBuild, Replay } from '../recording/replay.ts';
import { CliError } from './cli-error.ts';
import { type Command, type Context, text } from './command.ts';
import { readComponents } from './components.ts';
import { headendOptions } from './headend-file.ts';
import { moduleOf, openRepository } from './repository.ts';

export const replay: Command = {
	name: 'replay',
	summary: 'Replays a recording against the module that was recorded or another build of it.',
	usage: 'RECORDING [DIR|FILE] [OPTIONS]',
	options: {
		until: {
			type: 'string',
			value: 'TURN',
			help: 'stop after this turn; 0 is the start, or the state that it goes on from',
		},
		inspect: {
			type: 'boolean',
			help: 'show the VM after the last turn: effects, memory, globals, stored keys',
		},
		step: {
			type: 'boolean',
			help: 'show every turn and wait for Enter in between; with --json one object a turn',
		},
		...headendOptions,
	},
	examples: [
		['mullion replay bug.recording', 'the very bytes that were recorded, from the repository'],
		['mullion replay bug.recording modules/clock', 'what is in the folder now'],
		['mullion replay bug.recording --until 41 --inspect', 'how it stood before turn 42'],
	],
	run: async (context) => {
		const { args, options, output } = context;
		const [file, module, ...rest] = args;
		if (file === undefined || rest.length > 0)
			throw new CliError('usage', 'give a recording and at most one module; see npx mullion replay --help');
		const until = untilOf(context);
		const recording = await readRecording(await read(file, context));
		checkUntil(until, recording);
		const build = await prepareBuild(await moduleFor(recording, module, context));
		const played = new Replay(recording, build);
		const last = options['step'] === true ? await step(played, { until, context }) : played.run(until);
		if (last?.difference !== undefined) throw new CliError('not-equal', last.difference.text);
		if (options['step'] === true) return;
		const turns = played.played;
		const result = { turns, of: recording.turns.length, outcome: 'equal', ended: recording.why };
		if (options['inspect'] === true && last !== undefined) {
			const inspection = inspect(played, last);
			output.result({ ...result, ...inspection }, inspectionText(inspection, { head: output.bold }));
			return;
		}
		output.result(result, `${turns} of ${result.of} turns: ${output.green('equal')} in every effect.`);
	},
};

async function step(
	replay: Replay,
	{ until, context }: { until: number; context: Context },
): Promise<PlayedTurn | undefined> {
	const { output, signal } = context;
	const isAsking = output.isTerminal && !output.isJson && process.stdin.isTTY === true;
	const keyboard = isAsking ? createInterface({ input: process.stdin, output: process.stderr }) : undefined;
	let last: PlayedTurn | undefined;
	try {
		while (replay.turn < until && !signal.aborted) {
			const played = replay.step();
			if (played === undefined) break;
			last = played;
			const inspection = inspect(replay, played);
			output.result(inspection, `${inspectionText(inspection, { head: output.bold })}\n`);
			if (replay.nextTurn !== undefined) await keyboard?.question('Enter: next turn ', { signal });
		}
	} finally {
		keyboard?.close();
	}
	return last;
}

async function moduleFor(
	{ opening }: Recording,
	given: string | undefined,
	context: Context,
): Promise<Uint8Array> {
	if (given === undefined) {
		const digest = opening.digest.toHex();
		const found = await moduleOf(await openRepository(context), digest);
		if (found !== undefined) return found;
		throw new CliError(
			'no-such-module',
			`${opening.module} ${opening.version} (${digest.slice(0, 12)}) is not in the repository; name its file`,
		);
	}
	const components = await readComponents(given, context);
	const found = components.find(({ manifest }) => manifest.name === opening.module);
	if (found !== undefined) return found.bytes;
	throw new CliError('no-such-module', `${given} is no ${opening.module}, which was recorded`);
}

async function read(file: string, { cwd }: Context): Promise<Uint8Array> {
	try {
		return new Uint8Array(await readFile(resolve(cwd, file)));
	} catch (cause) {
		throw new CliError('no-such-file', `there is no ${file}`, { cause });
	}
}

function checkUntil(until: number, { turns }: Recording): void {
	const last = turns.at(-1)?.turn ?? 0;
	if (until !== Number.POSITIVE_INFINITY && until > last)
		throw new CliError('no-such-turn', `the recording ends with turn ${last}`);
}

function untilOf(context: Context): number {
	const given = text(context, 'until');
	if (given === undefined) return Number.POSITIVE_INFINITY;
	if (/^\d{1,15}$/.test(given)) return Number(given);
	throw new CliError('usage', '--until is the number of a turn');
}
