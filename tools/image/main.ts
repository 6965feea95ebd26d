/** `npm run image`: builds what a board is flashed with. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { factoryPolicies } from '../../firmware/factory/factory-module.ts';
import { boardNames, loadBoard } from '../../firmware/image/board.ts';
import { buildImage } from '../../firmware/image/build-image.ts';
import { footprintTable } from '../../firmware/image/footprint.ts';
import { codeOf } from '../../runtime/error.ts';
import { CliError } from '../cli/cli-error.ts';
import { exitCodeOf } from '../cli/exit-code.ts';
import { Repository } from '../headend/repository/repository.ts';
import { interruption } from '../interruption.ts';
import { scriptArguments } from '../script-arguments.ts';
import { boxConfig, carriedModules, kernelChoice, releaseNumber, sourceDate } from './image-request.ts';

const { values } = scriptArguments({
	options: {
		board: { type: 'string', default: 'qemu-arm64' },
		out: { type: 'string' },
		config: { type: 'string' },
		repository: { type: 'string', default: '.mullion/repository' },
		module: { type: 'string', multiple: true, default: [] },
		keys: { type: 'string', default: '.mullion/image-keys' },
		kernel: { type: 'string', default: 'debian' },
		release: { type: 'string' },
		json: { type: 'boolean', default: false },
		help: { type: 'boolean', default: false },
	},
});

if (values.help) {
	console.log(`usage: npm run image -- [options]

  --board NAME       one of ${(await boardNames()).join(', ')}; default qemu-arm64
  --out DIR          where it is put; default dist/image/NAME
  --config FILE      configuration of the box; default one for a headend on this machine
  --repository DIR   whose root metadata the box trusts, made where there is none; default .mullion/repository
  --module FILE[=POLICY]
                     a component that the firmware carries for its boxes; may be said more than once. POLICY says
                     what becomes of it on a box that has another version; default newer
${Object.entries(factoryPolicies)
	.map(([name, meaning]) => `                       ${name.padEnd(9)}${meaning}`)
	.join('\n')}
  --keys DIR         key that slots are signed with, made where there is none; default .mullion/image-keys
  --kernel WHICH     debian, or configured: a small one that is built once, in a quarter of an hour; default debian
  --release NUMBER   what counts up with each release; default the time of the last commit
  --json             one object with what was built, on the last line`);
	process.exit(0);
}

const signal = interruption();

try {
	const kernel = kernelChoice(values.kernel);
	const release = values.release === undefined ? undefined : releaseNumber(values.release);
	const board = await loadBoard(values.board);
	const modules = await carriedModules(values.module);
	const config = await boxConfig(values.config, board);
	const repository = await Repository.openOrCreate({ directory: resolve(values.repository) });
	const version: string = JSON.parse(
		await readFile(new URL('../../package.json', import.meta.url), 'utf8'),
	).version;
	const builtAt = await sourceDate(process.env['SOURCE_DATE_EPOCH']);
	const number = release ?? builtAt;
	const image = await buildImage({
		board,
		out: resolve(values.out ?? join('dist/image', board.name)),
		keys: resolve(values.keys),
		trust: await repository.rootJson(),
		config,
		kernel,
		modules,
		release: number,
		// A release's URL is made of it, and two releases of one version are two.
		version: `${version}-${number}`,
		builtAt,
		step: (what) => console.error(`${what} ...`),
		signal,
	});
	if (values.json) console.log(JSON.stringify(image));
	else {
		const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
		console.log(`${image.board} ${image.version}, slot of ${mb(image.slotBytes)}`);
		const { disk, boot, root, environment, deviceTree, firmware } = image;
		for (const part of [disk, boot, root, environment, deviceTree, firmware])
			if (part) console.log(`  ${part.file}  ${mb(part.bytes)}`);
		console.log(`\n${footprintTable(image.footprint)}`);
	}
} catch (error) {
	// What was running when it came has ended with an error of its own.
	const told = signal.aborted
		? new CliError('interrupted', 'what was in its folder before is there still')
		: error;
	console.error(`${codeOf(told)}: ${told instanceof Error ? told.message : told}`);
	process.exit(exitCodeOf(told));
}
