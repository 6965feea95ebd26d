/** `mullion remove`: takes modules off the box. */
import type { Controller } from '../controller/controller.ts';
import { withBox } from './box.ts';
import { CliError } from './cli-error.ts';
import type { Command } from './command.ts';
import { headendOptions } from './headend-file.ts';
import { type Module, readModules } from './modules.ts';
import { printable } from './printable.ts';

export const remove: Command = {
	name: 'remove',
	summary: 'Takes modules off the box, with their VMs and what those have stored. The repository keeps them.',
	usage: 'MODULE... [OPTIONS]',
	options: {
		'keep-data': { type: 'boolean', help: 'what its VMs have stored is there again when it is pushed again' },
		...headendOptions,
	},
	examples: [
		['mullion remove doorbell', 'nothing of it is left on the box'],
		['mullion remove doorbell --keep-data', 'its key-values stay'],
	],
	run: async (context) => {
		const { args, options, output, signal } = context;
		// Whoever names one twice wants it gone once.
		const names = [...new Set(args)];
		if (names.length === 0) throw new CliError('usage', 'name a module; see npx mullion remove --help');
		const RetainData = `${options['keep-data'] === true}`;
		await withBox(context, async (box) => {
			// All of them are there, or none is removed.
			for (const { path } of await modulesNamed(box, names))
				await box.operate(`${path}Uninstall()`, { RetainData }, { signal });
		});
		output.result(
			names.map((name) => ({ name, action: 'removed' })),
			names.map((name) => `${output.bold(name)} removed`).join('\n'),
		);
	},
};

async function modulesNamed(box: Controller, names: readonly string[]): Promise<Module[]> {
	const modules = await readModules(box);
	return names.map((name) => {
		const found = modules.find((module) => module.name === name);
		if (found !== undefined) return found;
		const known = modules.map((module) => printable(module.name)).join(', ') || 'none';
		throw new CliError('unknown-module', `there is no module "${name}" on the box; there are ${known}`);
	});
}
