/** The operator's repository as the command line uses it: to offer modules and to look into them. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { TargetFile } from '@tufjs/models';
import protobuf from 'protobufjs';
import { customSectionsOf } from '../../runtime/component/decode.ts';
import { manifestOf } from '../../runtime/component/prepare.ts';
import { type Manifest, ManifestError } from '../../runtime/module/manifest.ts';
import { encodeJson } from '../build/message-json.ts';
import { certificateTarget, moduleTarget } from '../headend/repository/module-target.ts';
import { Repository } from '../headend/repository/repository.ts';
import type { Certified } from './certification.ts';
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
			'there is no .mullion/repository here or above: run "npx mullion headend" or "npm start", or give --repository',
		);
	return Repository.open({ directory });
}

/**
 * Signs a module into the repository.
 *
 * @param config JSON that it starts with in place of the configuration that it was built with; `null` brings that back;
 * without it, other bytes of a version that was offered with one are offered with the same
 * Errors: `not-a-component`, `bad-manifest`, `bad-config`; those of the repository.
 */
export async function offer(repository: Repository, bytes: Uint8Array, config?: string): Promise<Offered> {
	const manifest = manifestOf(bytes);
	const { path } = moduleTarget(manifest);
	const before = (await repository.targets())[path];
	const configured =
		config === undefined ? await keptConfig(repository, { before, manifest }) : configOf(bytes, config);
	const { custom } = moduleTarget(manifest, configured);
	const sha256 = createHash('sha256').update(bytes).digest('hex');
	const isSame = before?.hashes['sha256'] === sha256 && before.custom['config'] === custom.config;
	if (!isSame) await repository.addTarget({ path, bytes, custom });
	return { manifest, url: `tuf:${path}`, sha256, isSame };
}

/** What a version was offered with, for other bytes of it. Errors: `usage` where those take another message. */
async function keptConfig(
	repository: Repository,
	{ before, manifest }: { readonly before: TargetFile | undefined; readonly manifest: Manifest },
): Promise<Uint8Array | null | undefined> {
	const config = before?.custom['config'];
	if (before === undefined || typeof config !== 'string') return config === null ? null : undefined;
	const file = await readFile(fileOf(repository, before.path, before.hashes['sha256'] ?? ''));
	const was = manifestOf(new Uint8Array(file)).config.type;
	if (was !== manifest.config.type)
		throw new CliError(
			'usage',
			`${manifest.name} was offered with a ${was} for its configuration, which it does not take: give --config, null for the one that it is built with`,
		);
	return Uint8Array.fromBase64(config);
}

/** The message that the manifest declares as the module's configuration; null for the one that it was built with. */
function configOf(bytes: Uint8Array, json: string): Uint8Array | null {
	let value: unknown;
	try {
		value = JSON.parse(json);
	} catch (cause) {
		throw new CliError('usage', `--config is not JSON: ${(cause as Error).message}`, { cause });
	}
	if (value === null) return null;
	const { manifest, schema } = contentOf(bytes);
	const { type } = manifest.config;
	if (type === '') throw new CliError('usage', `${manifest.name} takes no configuration`);
	const root = protobuf.Root.fromJSON(schema as protobuf.INamespace).resolveAll();
	return encodeJson(root.lookupType(type), { value, at: '--config' });
}

/** Offers a module's certificate, under the digest of the module. Errors: those of the repository. */
export async function offerCertificate(
	repository: Repository,
	{ certificate, signed }: Pick<Certified, 'certificate' | 'signed'>,
): Promise<void> {
	const { path, custom } = certificateTarget(certificate.digest);
	await repository.addTarget({ path, bytes: new TextEncoder().encode(signed), custom });
}

/** The bytes of the module with this digest, where it is offered. */
export async function moduleOf(repository: Repository, sha256: string): Promise<Uint8Array | undefined> {
	const targets = Object.entries(await repository.targets());
	const found = targets.find(([path, { hashes }]) => isModule(path) && hashes['sha256'] === sha256);
	return found && new Uint8Array(await readFile(fileOf(repository, found[0], sha256)));
}

function isModule(path: string): boolean {
	return path.startsWith('modules/');
}

function fileOf(repository: Repository, path: string, sha256: string): string {
	return join(repository.publicDirectory, 'targets', dirname(path), `${sha256}.${basename(path)}`);
}

export interface ModuleContent {
	readonly manifest: Manifest;
	/** protobufjs descriptor of the messages it declares. */
	readonly schema: object;
}

/** What every module of the repository declares that this version can read, the newest first. */
export async function modulesIn(repository: Repository): Promise<ModuleContent[]> {
	const targets = Object.entries(await repository.targets()).filter(([path]) => isModule(path));
	const contents = targets.map(async ([path, { hashes }]) =>
		readable(await readFile(fileOf(repository, path, hashes['sha256'] ?? ''))),
	);
	return (await Promise.all(contents)).flat().toReversed();
}

/** A module that another version of the platform has signed into it is none of ours, and no reason to fail for the rest. */
function readable(file: Uint8Array): ModuleContent[] {
	try {
		return [contentOf(file)];
	} catch (error) {
		if (error instanceof ManifestError) return [];
		throw error;
	}
}

function contentOf(file: Uint8Array): ModuleContent {
	const bytes = new Uint8Array(file);
	const schema = customSectionsOf(bytes).get('mullion:schema');
	return {
		manifest: manifestOf(bytes),
		schema: schema === undefined ? {} : (JSON.parse(new TextDecoder().decode(schema)) as object),
	};
}
