/** `mullion push`: modules into the signed repository, and from there onto the box. */
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { mapOf } from '../build/built.ts';
import type { Controller } from '../controller/controller.ts';
import { keepMap } from '../headend/repository/maps.ts';
import { withBox } from './box.ts';
import { CliError } from './cli-error.ts';
import type { Command, Context } from './command.ts';
import { headendOptions } from './headend-file.ts';
import { type Module, readModules } from './modules.ts';
import { type Offered, offer, openRepository } from './repository.ts';

export type Action = 'offered' | 'installed' | 'updated' | 'reinstalled' | 'unchanged';

export const push: Command = {
	name: 'push',
	summary: 'Signs modules into the repository and installs or updates them on the box.',
	usage: 'DIR|FILE... [OPTIONS]',
	options: {
		offer: {
			type: 'boolean',
			help: 'only sign them into the repository: boxes fetch them when they need them',
		},
		...headendOptions,
	},
	examples: [
		['mullion push modules/player', 'builds the folder first'],
		['mullion push dist/clock.wasm', 'a component that was built already'],
		['mullion push --offer modules/player', 'the box installs it when a session wants it'],
	],
	run: async (context) => {
		const { args, options, output } = context;
		if (args.length === 0) throw new CliError('usage', 'name a folder or a file; see mullion push --help');
		const components = (await Promise.all(args.map((arg) => read(arg, context)))).flat();
		const repository = await openRepository(context);
		const offered: Offered[] = [];
		for (const { bytes, map } of components) {
			const each = await offer(repository, bytes);
			offered.push(each);
			if (map !== undefined) await keepMap(repository.directory, { digest: each.sha256, map });
		}
		if (options['offer'] === true)
			return report(
				context,
				offered.map((each) => [each, 'offered']),
			);

		const done = await withBox(context, async (box) => {
			const actions: [Offered, Action][] = [];
			for (const each of offered) {
				const { name, version } = each.manifest;
				output.progress(output.dim(`${name} ${version} ...`));
				actions.push([each, await install(box, { offered: each, signal: context.signal })]);
			}
			return actions;
		});
		report(context, done);
	},
};

interface Pushed {
	readonly bytes: Uint8Array;
	/** Where its code comes from, where that is known. */
	readonly map: string | undefined;
}

async function read(arg: string, { cwd, signal }: Context): Promise<Pushed[]> {
	const path = resolve(cwd, arg);
	const found = await stat(path).catch((cause: unknown) => {
		throw new CliError('no-such-file', `there is no ${arg}`, { cause });
	});
	if (!found.isDirectory()) {
		const map = await readFile(mapOf(path), 'utf8').catch(() => undefined);
		return [{ bytes: new Uint8Array(await readFile(path)), map }];
	}
	const { buildModule } = await import('../build/component.ts');
	return buildModule({ directory: path, signal });
}

interface InstallOptions {
	readonly offered: Offered;
	readonly signal: AbortSignal;
}

async function install(box: Controller, { offered, signal }: InstallOptions): Promise<Action> {
	const { manifest, url, sha256, isSame } = offered;
	const before = (await readModules(box)).find(({ name }) => name === manifest.name);
	if (before === undefined) {
		await box.operate('Device.SoftwareModules.InstallDU()', { URL: url }, { signal });
		return 'installed';
	}
	if (before.version !== manifest.version) {
		await box.operate(`${before.path}Update()`, { URL: url }, { signal });
		return 'updated';
	}
	const isThere = before.digest === '' ? isSame : before.digest === sha256;
	return isThere ? 'unchanged' : reinstall(box, { before, url, signal });
}

// The same version with other bytes, as while a module is being written: an update is only to another version.
async function reinstall(
	box: Controller,
	{ before, url, signal }: { before: Module; url: string; signal: AbortSignal },
): Promise<Action> {
	await box.operate(`${before.path}Uninstall()`, { RetainData: 'true' }, { signal });
	await box.operate('Device.SoftwareModules.InstallDU()', { URL: url, UUID: before.uuid }, { signal });
	return 'reinstalled';
}

function report({ output }: Context, done: readonly (readonly [Offered, Action])[]): void {
	const rows = done.map(([{ manifest, url }, action]) => ({
		name: manifest.name,
		version: manifest.version,
		url,
		action,
	}));
	const lines = rows.map(
		({ name, version, action }) => `${output.bold(`${name} ${version}`)} ${output.green(action)}`,
	);
	output.result(rows, lines.join('\n'));
}
