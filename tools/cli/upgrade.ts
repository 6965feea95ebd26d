/** `mullion upgrade`: a released firmware onto the box, and what becomes of it. */
import { isRunning, readSlots } from '../controller/firmware-slots.ts';
import { slotText, upgradeBox } from '../controller/upgrade.ts';
import { withBox } from './box.ts';
import { CliError } from './cli-error.ts';
import type { Command, Context } from './command.ts';
import { headendOptions } from './headend-file.ts';
import { requireServed } from './patience.ts';
import { printable } from './printable.ts';
import { chosen, releasesIn } from './released.ts';
import { openRepository } from './repository.ts';

/** For the headend to answer in, before the box is told to ask it. */
const answerMs = 10_000;

export const upgrade: Command = {
	name: 'upgrade',
	summary: 'Has the box install a released firmware, and waits until it is found good or given back.',
	usage: '[VERSION|URL] [OPTIONS]',
	options: headendOptions,
	examples: [
		['mullion upgrade', 'the newest release of the repository'],
		['mullion upgrade tuf:firmware/qemu-arm64/1.2.0', 'what mullion release has printed'],
		['mullion upgrade 1.2.0', 'the same, where it is for one board only'],
	],
	run: async (context) => {
		const { args, output, signal } = context;
		if (args.length > 1) throw new CliError('usage', 'name one release; see npx mullion upgrade --help');
		const url = await urlOf(context);
		const version = url.slice(url.lastIndexOf('/') + 1);
		await withBox(context, async (box, { broker }) => {
			const slots = await readSlots(box);
			const [before, slot] = [slots.find(isRunning), slots.find((each) => !isRunning(each))];
			if (before === undefined || slot === undefined)
				throw new CliError('no-slots', 'this box does not look after its own firmware: it is no image');
			if (before.version === version && !before.isOnTrial)
				return output.result(
					{ slot: before.name, version, url, action: 'unchanged' },
					`${printable(slotText(before))} runs already.`,
				);
			const tell = (what: string): void => output.progress(output.dim(printable(what)));
			await requireServed({ broker, what: version, signal, withinMs: answerMs });
			tell(`${url} goes into slot ${slot.name}`);
			const after = (await upgradeBox(box, { url, slot, signal, tell })) ?? slot;
			output.result(
				{ slot: after.name, version: after.version, url, action: 'upgraded' },
				`${output.bold(printable(slotText(after)))} ${output.green('was found good')}`,
			);
		});
	},
};

/** Errors: `no-repository`, `unknown-release`, `usage`; those of the repository. */
async function urlOf(context: Context): Promise<string> {
	const [named] = context.args;
	// Whatever is a URL is the box's to judge.
	if (named?.includes(':')) return named.replace(/\/$/, '');
	return chosen(await releasesIn(await openRepository(context)), named).url;
}
