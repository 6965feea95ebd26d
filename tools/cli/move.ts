/** `mullion move`: a VM goes to another cell while it runs. */
import { withBox } from './box.ts';
import { CliError } from './cli-error.ts';
import type { Command } from './command.ts';
import { headendOptions } from './headend-file.ts';
import { printable } from './printable.ts';
import { unitPath } from './unit-path.ts';

export const move: Command = {
	name: 'move',
	summary:
		'Takes a VM to another cell of its domain while it runs: it goes on where it was. A turn of it is waited for. It stays there until it is removed or updated, or the box restarts: where it belongs for good the configuration of the box says (cells). One that is kept (durability) cannot be moved.',
	usage: 'VM CELL [OPTIONS]',
	options: {
		new: { type: 'boolean', help: 'the cell may be made: a thread of its own, of 6 to 9 MB' },
		...headendOptions,
	},
	examples: [
		['mullion move guide open-background', 'beside what is in that cell'],
		['mullion move guide open-apart --new', 'alone, in a thread of its own'],
	],
	run: async (context) => {
		const [vm, cell, ...rest] = context.args;
		const { output, options, signal } = context;
		if (vm === undefined || cell === undefined || rest.length > 0)
			throw new CliError('usage', 'name a VM and a cell; see npx mullion move --help');
		const from = await withBox(context, async (box) => {
			const path = await unitPath(box, vm);
			const { [path]: unit } = await box.get([path]);
			const args = { Cell: cell, Create: `${options['new'] === true}` };
			await box.operate(`${path}X_MULLION_Move()`, args, { signal });
			return unit?.['X_MULLION_Cell'] ?? '';
		});
		const what = from === cell ? `is in ${cell} already` : `moved from ${printable(from)} to ${cell}`;
		output.result({ vm, from, to: cell }, `${output.bold(vm)} ${what}`);
	},
};
