/** `mullion list`: the modules on the box. */
import { withBox } from './box.ts';
import type { Command } from './command.ts';
import { headendOptions } from './headend-file.ts';
import { readModules, readWaiting, waitingLine } from './modules.ts';
import { printable } from './printable.ts';
import { table } from './table.ts';

export const list: Command = {
	name: 'list',
	summary: 'Shows the modules on the box.',
	usage: '[OPTIONS]',
	options: headendOptions,
	examples: [
		['mullion list', 'the box of the headend that runs here'],
		['mullion list --json', 'for a program'],
	],
	run: async (context) => {
		const { output } = context;
		const [modules, waiting] = await withBox(context, async (box) => [
			await readModules(box),
			await readWaiting(box),
		]);
		const text = table({
			rows: modules,
			head: output.bold,
			columns: [
				{ title: 'MODULE', of: ({ name }) => printable(name) },
				{ title: 'VERSION', of: ({ version }) => printable(version) },
				{
					title: 'STATUS',
					of: ({ status }) => (status === 'Installed' ? output.green(status) : output.yellow(status)),
				},
				{ title: 'VENDOR', of: ({ vendor }) => printable(vendor) },
				{ title: 'VMS', of: ({ vms }) => `${vms}`, isRight: true },
				{ title: 'FROM', of: ({ url }) => output.dim(printable(url)) },
			],
		});
		const lines = waiting.map((vm) => output.yellow(waitingLine(vm)));
		const all = [text, ...(lines.length > 0 ? ['', ...lines] : [])].join('\n');
		output.result(modules, modules.length === 0 ? 'There are no modules on the box yet.' : all);
	},
};
