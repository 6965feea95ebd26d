/** `mullion start`: the operator's side and one box on this machine, with a session that changes its network. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BoxEnd, BoxProcess } from '../start/box-process.ts';
import { reportLines } from '../start/report.ts';
import { runningBox } from '../start/running-box.ts';
import { lineScreen, terminalScreen } from '../start/screen.ts';
import { agentId, Stage } from '../start/stage.ts';
import { tellStory } from '../start/story.ts';
import { Telling } from '../start/telling.ts';
import { CliError } from './cli-error.ts';
import { type Command, text } from './command.ts';
import { aborted } from './ended.ts';

const sample = fileURLToPath(new URL('../media/sample.mp3', import.meta.url));

export const start: Command = {
	name: 'start',
	summary: 'Starts a headend and a box here, and plays over two networks.',
	usage: '[OPTIONS]',
	options: {
		media: { type: 'string', value: 'FILE', help: 'MPEG audio to play, instead of the sample' },
		broker: { type: 'string', value: 'URL', help: 'MQTT 5 broker that is there, instead of one of its own' },
		once: {
			type: 'boolean',
			help: 'end when the session has ended; fails unless nothing was lost, doubled or late',
		},
	},
	examples: [
		['mullion start', 'play the sample, then stay for other commands'],
		['mullion start --media song.mp3', 'play something else'],
		['mullion start --once --json', 'for a program: the report is the last line'],
	],
	run: async (context) => {
		const { cwd, options, output, signal } = context;
		const media = resolve(cwd, text(context, 'media') ?? sample);
		if (!existsSync(media)) throw new CliError('no-such-file', `there is no ${media}`);
		await requireNoBox(join(cwd, '.mullion', 'box'));
		const broker = text(context, 'broker');
		const sticks = join(cwd, '.mullion', 'sticks');
		await mkdir(sticks, { recursive: true });
		const isPicture = process.stdout.isTTY === true && !output.isJson;
		const screen = isPicture ? terminalScreen(process.stdout) : lineScreen(process.stderr);
		const telling = new Telling({ screen, title: `box ${agentId}` });
		try {
			await using stage = await Stage.set({
				directory: join(cwd, '.mullion'),
				media,
				onLine: (line) => telling.boxSaid(line),
				volumes: { folder: sticks, allow: ['*'] },
				...(broker === undefined ? {} : { broker }),
			});
			const report = await tellStory({
				stage,
				media,
				signal,
				tell: (what) => telling.tell(what),
				show: (state, framesInFile) => telling.show(state, framesInFile),
			});
			screen.close();
			output.result(report, reportLines(report).join('\n'));
			if (options['once'] === true) {
				if (!report.isSeamless)
					throw new CliError('not-seamless', 'something was lost, doubled or late: see the report');
				return;
			}
			output.progress(
				'\nHeadend and box go on for other commands: try `npx mullion status`. Ctrl-C ends them.',
			);
			const { box } = stage;
			const end = await Promise.race([box.exited, aborted(signal)]);
			if (end !== undefined) output.progress(goneLine(box, end, cwd));
			await aborted(signal);
		} catch (error) {
			// Ctrl-C in the middle of the story is a way to end it, unless somebody waits for its report.
			if (!signal.aborted || options['once'] === true) throw error;
		} finally {
			screen.close();
		}
	},
};

/** Errors: `already-running`. */
async function requireNoBox(directory: string): Promise<void> {
	const pid = await runningBox(directory);
	if (pid === undefined) return;
	const what = `the box of a "mullion start" runs in this folder (process ${pid})`;
	throw new CliError('already-running', `${what}: end it first, or start in another folder`);
}

/** How to start the box again: without `npx`, which would stand between it and the `kill` that ends it. */
function goneLine({ args }: BoxProcess, [code, signal]: BoxEnd, cwd: string): string {
	const how = signal === null ? `has ended with ${code}` : `was killed (${signal})`;
	const words = [process.execPath, ...args].map((each) => (isAbsolute(each) ? relative(cwd, each) : each));
	return `The box ${how}; the headend goes on. Start the box again: ${words.join(' ')} &`;
}
