/** `mullion upgrade`: a released firmware onto the box, and what becomes of it. */
import { slotText } from '../controller/upgrade.ts';
import { withBox } from './box.ts';
import { CliError } from './cli-error.ts';
import type { Command } from './command.ts';
import { headendOptions } from './headend-file.ts';
import { printable } from './printable.ts';
import { namedRelease } from './released.ts';
import { releaseFor, upgradeTo } from './upgrade-box.ts';

export const upgrade: Command = {
	name: 'upgrade',
	summary: 'Has the box install a released firmware, and waits until it is found good or given back.',
	usage: '[VERSION|URL] [OPTIONS]',
	options: headendOptions,
	examples: [
		['mullion upgrade', 'the newest release for its board'],
		['mullion upgrade tuf:firmware/qemu-arm64/1.2.0', 'what mullion release has printed'],
		['mullion upgrade 1.2.0', 'the same, to a box of that board'],
	],
	run: async (context) => {
		const { args, output, signal } = context;
		if (args.length > 1) throw new CliError('usage', 'name one release; see npx mullion upgrade --help');
		const named = await namedRelease(context);
		await withBox(context, async (box, { broker }) => {
			const url = await releaseFor(box, named);
			const tell = (what: string): void => output.progress(output.dim(printable(what)));
			const { slot, action } = await upgradeTo(box, { broker, url, signal, tell });
			const text =
				action === 'unchanged'
					? `${printable(slotText(slot))} runs already.`
					: `${output.bold(printable(slotText(slot)))} ${output.green('was found good')}`;
			output.result({ slot: slot.name, version: slot.version, url, action }, text);
		});
	},
};
