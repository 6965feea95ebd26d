/** The operator's repository as the command line uses it: to offer modules and to look into them. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { customSectionsOf } from '../../runtime/component/decode.ts';
import { manifestOf } from '../../runtime/component/prepare.ts';
import type { Manifest } from '../../runtime/module/manifest.ts';
import { moduleTarget } from '../headend/repository/module-target.ts';
import { Repository } from '../headend/repository/repository.ts';
import { CliError } from './cli-error.ts';
import type { Context } from './command.ts';
import { findHeadend } from './headend-file.ts';

export interface Offered {
	readonly manifest: Manifest;
	/** `tuf:modules/<name>-<version>.wasm`. */
	readonly url: string;
	readonly sha256: string;
	/** Whether these very bytes were offered under this name before. */
	readonly isSame: boolean;
}

/** Errors: `no-repository`; those of the repository. */
export async function openRepository(context: Context): Promise<Repository> {
	const { repository: directory } = await findHeadend(context);
	if (directory === undefined)
		throw new CliError(
			'no-repository',
			'the module repository is not known here: run "mullion start", or give --repository',
		);
	return Repository.open({ directory });
}

/** Signs a module into the repository. Errors: `not-a-component`, `bad-manifest`; those of the repository. */
export async function offer(repository: Repository, bytes: Uint8Array): Promise<Offered> {
	const manifest = manifestOf(bytes);
	const { path, custom } = moduleTarget(manifest);
	const sha256 = createHash('sha256').update(bytes).digest('hex');
	const isSame = (await repository.targets())[path]?.hashes['sha256'] === sha256;
	if (!isSame) await repository.addTarget({ path, bytes, custom });
	return { manifest, url: `tuf:${path}`, sha256, isSame };
}

export interface ModuleContent {
	readonly manifest: Manifest;
	/** protobufjs descriptor of the messages it declares. */
	readonly schema: object;
}

/** What every module of the repository declares, the newest first. */
export async function modulesIn(repository: Repository): Promise<ModuleContent[]> {
	const targets = Object.entries(await repository.targets()).filter(([path]) => path.startsWith('modules/'));
	const contents = targets.map(async ([path, { hashes }]) => {
		const name = `${hashes['sha256']}.${basename(path)}`;
		return contentOf(await readFile(join(repository.publicDirectory, 'targets', dirname(path), name)));
	});
	return (await Promise.all(contents)).toReversed();
}

function contentOf(file: Uint8Array): ModuleContent {
	const bytes = new Uint8Array(file);
	const schema = customSectionsOf(bytes).get('mullion:schema');
	return {
		manifest: manifestOf(bytes),
		schema: schema === undefined ? {} : (JSON.parse(new TextDecoder().decode(schema)) as object),
	};
}
