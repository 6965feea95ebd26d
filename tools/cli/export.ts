/** `mullion export`: signed modules on a medium, for boxes to take them from. */
import { resolve } from 'node:path';
import { certificatePath } from '../../firmware/update/certificate-path.ts';
import { compareVersions } from '../../runtime/module/module-version.ts';
import { CliError } from './cli-error.ts';
import type { Command } from './command.ts';
import { headendOptions } from './headend-file.ts';
import { printable } from './printable.ts';
import { openRepository } from './repository.ts';
import { table } from './table.ts';
import { wholeNumber } from './whole-number.ts';

const dayMs = 86_400_000;
const usualDays = 30;
const mostDays = 365;

export const exportModules: Command = {
	name: 'export',
	summary:
		'Copies the signed repository to a folder, such as a USB stick, with the newest versions of modules. A box that allows them starts them from there, while it is plugged in.',
	usage: 'FOLDER [MODULE...] [OPTIONS]',
	options: {
		days: {
			type: 'string',
			value: 'DAYS',
			help: `how long a box believes it that hears nothing from its cloud; default ${usualDays}`,
		},
		repository: headendOptions['repository'] as NonNullable<(typeof headendOptions)[string]>,
	},
	examples: [
		['mullion export /media/me/STICK doorbell', 'one module'],
		['mullion export /media/me/STICK --days 90', 'all that the repository has, for a quarter of a year'],
	],
	run: async (context) => {
		const { args, cwd, output } = context;
		const [folder, ...names] = args;
		if (folder === undefined) throw new CliError('usage', 'name a folder; see npx mullion export --help');
		const days = wholeNumber(context, 'days', { least: 1, most: mostDays }) ?? usualDays;
		const repository = await openRepository(context);
		const targets = await repository.targets();
		const newest = newestModules(targets);
		const wanted =
			names.length === 0 ? [...newest.values()] : [...new Set(names)].map((name) => found(newest, name));
		if (wanted.length === 0)
			throw new CliError('no-such-module', 'the repository has no modules: push one first');
		const certificates = wanted
			.map(({ sha256 }) => certificatePath(sha256))
			.filter((path) => path in targets);
		const paths = [...wanted.map(({ path }) => path), ...certificates];
		const to = resolve(cwd, folder);
		const validUntil = await repository.copyTo(to, { paths, lifetimeMs: days * dayMs });
		const modules = wanted.map(({ name, version, bytes }) => ({ name, version, bytes }));
		const rows = table({
			rows: modules,
			head: output.bold,
			columns: [
				{ title: 'MODULE', of: ({ name }) => printable(name) },
				{ title: 'VERSION', of: ({ version }) => printable(version) },
				{ title: 'BYTES', of: ({ bytes }) => `${bytes}`, isRight: true },
			],
		});
		output.result(
			{ folder: to, modules, validUntil: validUntil.toISOString() },
			`${rows}\nin ${folder}, valid until ${validUntil.toISOString().slice(0, 16).replace('T', ' ')} UTC. Unmount it before you pull it out.`,
		);
	},
};

interface Exported {
	readonly path: string;
	readonly name: string;
	readonly version: string;
	readonly sha256: string;
	readonly bytes: number;
}

type Targets = Awaited<ReturnType<Awaited<ReturnType<typeof openRepository>>['targets']>>;

function newestModules(targets: Targets): Map<string, Exported> {
	const modules = Object.entries(targets).flatMap(([path, { custom, hashes, length }]): Exported[] => {
		const { name, version } = custom;
		if (typeof name !== 'string' || typeof version !== 'string') return [];
		return [{ path, name, version, sha256: hashes['sha256'] ?? '', bytes: length }];
	});
	return new Map(
		modules.toSorted((a, b) => compareVersions(a.version, b.version)).map((each) => [each.name, each]),
	);
}

function found(modules: ReadonlyMap<string, Exported>, name: string): Exported {
	const module = modules.get(name);
	if (module !== undefined) return module;
	const known = [...modules.keys()].map(printable).join(', ') || 'none';
	throw new CliError('no-such-module', `the repository has no module "${name}"; there are ${known}`);
}
