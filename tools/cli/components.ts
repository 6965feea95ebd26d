/** The modules that a command line names: built ones, or folders that are built first. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ComponentError } from '../../runtime/component/error.ts';
import { manifestOf } from '../../runtime/component/prepare.ts';
import type { Manifest } from '../../runtime/module/manifest.ts';
import { readRecording } from '../../runtime/recording/recording.ts';
import { mapOf } from '../build/built.ts';
import { CliError } from './cli-error.ts';
import type { Context } from './command.ts';

export interface NamedComponent {
	readonly bytes: Uint8Array;
	readonly manifest: Manifest;
	/** Folder of the module's source, or of its file. */
	readonly directory: string;
	/** Where its code comes from, where that is known. */
	readonly map: string | undefined;
}

/** Errors: `no-such-file`, `not-a-component`, `bad-manifest`; those of `buildModule`. */
export async function readComponents(
	arg: string,
	{ cwd, signal }: Pick<Context, 'cwd' | 'signal'>,
): Promise<NamedComponent[]> {
	const path = resolve(cwd, arg);
	const found = await stat(path).catch((cause: unknown) => {
		throw new CliError('no-such-file', `there is no ${arg}`, { cause });
	});
	if (!found.isDirectory()) {
		const bytes = new Uint8Array(await readFile(path));
		const map = await readFile(mapOf(path), 'utf8').catch(() => undefined);
		return [{ bytes, manifest: manifestIn(bytes, arg), directory: dirname(path), map }];
	}
	const { buildModule } = await import('../build/component.ts');
	const built = await buildModule({ directory: path, signal });
	return built.map(({ bytes, manifest, map }) => ({ bytes, manifest, directory: path, map }));
}

function manifestIn(bytes: Uint8Array, arg: string): Manifest {
	try {
		return manifestOf(bytes);
	} catch (cause) {
		if (!(cause instanceof ComponentError)) throw cause;
		throw new ComponentError(cause.code, `${arg}: ${cause.message}`, { cause });
	}
}

/** Recordings of the module that lie beside it, in `recordings/`. Errors: `malformed-recording`. */
export async function recordingsBeside({ directory, manifest }: NamedComponent): Promise<Uint8Array[]> {
	const folder = join(directory, 'recordings');
	const names = await readdir(folder).catch(() => []);
	const paths = names.filter((name) => name.endsWith('.recording')).map((name) => join(folder, name));
	return recordingsOf(manifest, paths.sort());
}

/**
 * Those of the files that are recordings of this module: the personas of a module are built from one
 * folder, and each has recordings of its own. Errors: `no-such-file`, `malformed-recording`.
 */
export async function recordingsOf({ name }: Manifest, paths: readonly string[]): Promise<Uint8Array[]> {
	const files: Uint8Array[] = [];
	for (const path of paths) {
		const bytes = new Uint8Array(
			await readFile(path).catch((cause: unknown) => {
				throw new CliError('no-such-file', `there is no ${path}`, { cause });
			}),
		);
		if ((await readRecording(bytes)).opening.module === name) files.push(bytes);
	}
	return files;
}
