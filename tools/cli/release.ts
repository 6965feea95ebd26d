/** `mullion release`: firmware into the signed repository, with patches from the releases before. */
import { resolve } from 'node:path';
import { makeDelta } from '../../firmware/slots/make-delta.ts';
import { type ReleaseOptions, releasePath, releaseTargets } from '../../firmware/slots/release-targets.ts';
import { partitions } from '../../firmware/slots/update-manifest.ts';
import { CliError } from './cli-error.ts';
import { type Command, type Context, texts } from './command.ts';
import { headendOptions } from './headend-file.ts';
import { digestOf, type ReleaseFolder, readRelease } from './release-folder.ts';
import { openRepository } from './repository.ts';

export const release: Command = {
	name: 'release',
	summary: 'Signs a firmware release into the repository: boxes download it by its URL.',
	usage: 'DIR [OPTIONS]',
	options: {
		from: {
			type: 'string',
			value: 'DIR',
			isRepeated: true,
			help: 'an older release that boxes run: they get a patch; may be repeated',
		},
		...headendOptions,
	},
	examples: [
		['mullion release build/1.2.0', 'boot.img, root.img and release.json of an image build'],
		['mullion release build/1.2.0 --from build/1.1.0', 'with patches for boxes that run 1.1.0'],
	],
	run: async (context) => {
		const { args, cwd, output } = context;
		const [folder, ...rest] = args;
		if (folder === undefined || rest.length > 0)
			throw new CliError('usage', 'name the folder of one release; see npx mullion release --help');
		const made = await readRelease(resolve(cwd, folder));
		const older = await Promise.all(texts(context, 'from').map((from) => readRelease(resolve(cwd, from))));
		const repository = await openRepository(context);
		const deltas: NonNullable<ReleaseOptions['deltas']>[number][] = [];
		for (const each of older) deltas.push(...(await patchesFrom(each, made, context)));
		for (const target of releaseTargets({ ...made, deltas })) await repository.addTarget(target);
		const url = `tuf:${releasePath(made)}`;
		const patches = deltas.map(({ partition, patch }) => ({ partition, bytes: patch.length }));
		output.result(
			{ board: made.board, version: made.version, release: made.release, url, patches },
			`${output.bold(`${made.board} ${made.version}`)} ${output.green('offered')} as ${url}`,
		);
	},
};

/** A patch that is not smaller than the image is none. */
async function patchesFrom(older: ReleaseFolder, made: ReleaseFolder, { output }: Context) {
	const patches: NonNullable<ReleaseOptions['deltas']>[number][] = [];
	for (const partition of partitions) {
		output.progress(output.dim(`patch from ${older.version} for ${partition} ...`));
		const patch = await makeDelta(older.images[partition], made.images[partition]);
		if (patch.length < made.images[partition].length)
			patches.push({ partition, base: digestOf(older.images[partition]), patch });
	}
	return patches;
}
