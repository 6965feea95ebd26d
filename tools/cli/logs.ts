/** `mullion logs`: what the VMs and the platform write. */
import { keptLines } from '../../firmware/agent/data-model/log.ts';
import type { Controller } from '../controller/controller.ts';
import { withBox } from './box.ts';
import { CliError } from './cli-error.ts';
import { type Command, type Context, text } from './command.ts';
import { ended } from './ended.ts';
import { headendOptions } from './headend-file.ts';
import type { Output } from './output.ts';
import { printable } from './printable.ts';
import { unitPath } from './unit-path.ts';
import { wholeNumber } from './whole-number.ts';

interface Line {
	readonly Time: string;
	readonly Vm: string;
	readonly Level: string;
	readonly Text: string;
}

/** Who writes what no VM does. */
const platform = 'box';

const levels = ['debug', 'info', 'warn', 'error'];

export const logs: Command = {
	name: 'logs',
	summary: 'Shows the last lines that the VMs and the platform wrote, and with --follow every new one.',
	usage: '[VM] [OPTIONS]',
	options: {
		follow: { type: 'boolean', short: 'f', help: 'go on with every new line; with --json one object a line' },
		level: {
			type: 'string',
			value: 'LEVEL',
			help: `leave out what is below ${levels.join(', ')}; default info`,
		},
		lines: { type: 'string', short: 'n', value: 'N', help: 'how many of the last lines; default 50' },
		...headendOptions,
	},
	examples: [
		['mullion logs', 'the last 50 lines'],
		['mullion logs player-rich@wlan0 -f', 'what one VM writes, as it writes it'],
		['mullion logs box --level warn', 'only the platform'],
		['mullion logs --level warn --json', 'for a program'],
	],
	run: async (context) => {
		const [vm = ''] = context.args;
		const level = text(context, 'level') ?? 'info';
		if (!levels.includes(level)) throw new CliError('usage', `--level is one of ${levels.join(', ')}`);
		const limit = wholeNumber(context, 'lines', { most: 999_999 }) ?? 50;
		const isFollowed = context.options['follow'] === true;
		await withBox(context, (box) => show({ box, context, vm, level, limit, isFollowed }));
	},
};

interface ShowOptions {
	readonly box: Controller;
	readonly context: Context;
	readonly vm: string;
	readonly level: string;
	readonly limit: number;
	readonly isFollowed: boolean;
}

async function show({ box, context, vm, level, limit, isFollowed }: ShowOptions): Promise<void> {
	const { output, signal } = context;
	const isWanted = (line: Line) =>
		(vm === '' || (line.Vm || platform) === vm) && levels.indexOf(line.Level) >= levels.indexOf(level);
	const say = (line: Line) => output.result(line, lineText(line, output));
	const early: Line[] = [];
	// Listening comes before reading, so that no line falls in between; a line that is in both is said once.
	let isReading = true;
	if (isFollowed)
		await box.subscribe('Device.X_MULLION_Log.Line!', ({ args }) => {
			const { Time = '', Vm = '', Level = '', Text = '' } = args;
			const line = { Time, Vm, Level, Text };
			if (!isWanted(line)) return;
			if (isReading) early.push(line);
			else say(line);
		});
	const last = limit === 0 ? [] : await read({ box, vm, level, limit });
	isReading = false;
	// The lines of a VM that was removed are kept for a while; one that has none and is not there is misspelt.
	if (vm !== '' && vm !== platform && last.length === 0 && !isFollowed) await unitPath(box, vm);
	const isSaid = (line: Line) => last.some((other) => JSON.stringify(other) === JSON.stringify(line));
	if (!isFollowed) {
		const none = output.dim('Nothing has been written since the box started.');
		return output.result(
			last,
			last.length === 0 ? none : last.map((line) => lineText(line, output)).join('\n'),
		);
	}
	for (const line of [...last, ...early.filter((each) => !isSaid(each))]) say(line);
	await ended(box, signal);
}

async function read(options: { box: Controller; vm: string; level: string; limit: number }): Promise<Line[]> {
	const { box, vm, level, limit } = options;
	// To a box, no name is everybody's.
	const args =
		vm === platform
			? { Vm: '', Level: level, Limit: `${keptLines}` }
			: { Vm: vm, Level: level, Limit: `${limit}` };
	const { Lines = '[]' } = await box.operate('Device.X_MULLION_Log.Read()', args, { isSync: true });
	const lines: Line[] = JSON.parse(Lines);
	return vm === platform ? lines.filter(({ Vm }) => Vm === '').slice(-limit) : lines;
}

function lineText({ Time, Vm, Level, Text }: Line, output: Output): string {
	const paints: Readonly<Record<string, (text: string) => string>> = {
		debug: output.dim,
		warn: output.yellow,
		error: output.red,
	};
	const level = (paints[Level] ?? ((plain) => plain))(Level.padEnd(5));
	return `${output.dim(Time.slice(11, 23))} ${level} ${output.bold(Vm || platform)} ${printable(Text)}`;
}
