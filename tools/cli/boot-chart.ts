/** `mullion boot-chart`: how the last start of the box went, as a picture. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { BootPhase } from '../../firmware/agent/ports.ts';
import { bootChart, seconds } from '../boot-chart/boot-chart.ts';
import { readBoot } from '../boot-chart/read-boot.ts';
import { withBox } from './box.ts';
import { CliError } from './cli-error.ts';
import { type Command, text } from './command.ts';
import { headendOptions } from './headend-file.ts';
import { printable } from './printable.ts';
import { table } from './table.ts';

export const bootChartCommand: Command = {
	name: 'boot-chart',
	summary: 'Draws how the last start of the box went: kernel, Node, platform, each VM, network, cloud.',
	usage: '[OPTIONS]',
	options: {
		output: { type: 'string', short: 'o', value: 'FILE', help: 'the SVG; default boot-chart.svg' },
		loader: {
			type: 'string',
			value: 'SECONDS',
			help: 'of the boot loader before the kernel, as its console shows',
		},
		...headendOptions,
	},
	examples: [
		['mullion boot-chart', 'the table here, the picture in boot-chart.svg'],
		['mullion boot-chart --loader 1.4 -o box.svg', 'with the boot loader in front'],
	],
	run: async (context) => {
		const { cwd, output } = context;
		const loader = Number(text(context, 'loader') ?? '0');
		if (!(loader >= 0 && loader < 3600)) throw new CliError('usage', '--loader is a number of seconds');
		const file = resolve(cwd, text(context, 'output') ?? 'boot-chart.svg');
		const phases = await withBox(context, readBoot);
		await writeFile(file, bootChart(phases, { title: 'The last start of the box', loaderMs: loader * 1000 }));
		const rows = table<BootPhase>({
			rows: phases,
			head: output.bold,
			columns: [
				{ title: 'STAGE', of: ({ stage }) => stage },
				{ title: 'PHASE', of: ({ name }) => printable(name) },
				{ title: 'FROM', of: ({ startMs }) => seconds(startMs), isRight: true },
				{ title: 'TO', of: ({ endMs }) => seconds(endMs), isRight: true },
				{ title: 'TOOK', of: ({ startMs, endMs }) => seconds(endMs - startMs), isRight: true },
			],
		});
		output.result({ file, phases }, `${rows}\n${file}`);
	},
};
