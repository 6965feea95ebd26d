/** Maps of the modules that were pushed from here, by digest: beside the repository, and never in what boxes read. */
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DebugMap } from '../build/debug-map.ts';
import { CliError } from './cli-error.ts';
import type { Context } from './command.ts';
import { findHeadend } from './headend-file.ts';

/** Old versions crash too, but not for ever. */
const mostMaps = 100;

/** Keeps the map of a component whose SHA-256 is `digest`. */
export async function keepMap(
	context: Context,
	{ digest, map }: { digest: string; map: string },
): Promise<void> {
	const folder = await folderOf(context);
	if (folder === undefined) return;
	await mkdir(folder, { recursive: true });
	await writeFile(join(folder, `${digest}.map`), map);
	await forgetOldest(folder);
}

/** Undefined where the module was not built or pushed here. */
export async function findMap(context: Context, digest: string): Promise<DebugMap | undefined> {
	const folder = await folderOf(context);
	if (folder === undefined || !/^[0-9a-f]{64}$/.test(digest)) return undefined;
	const text = await readFile(join(folder, `${digest}.map`), 'utf8').catch(() => undefined);
	return text === undefined ? undefined : parseMap(text, 'the map that was kept');
}

/** Errors: `bad-map`. */
export function parseMap(text: string, what: string): DebugMap {
	try {
		const map = JSON.parse(text) as Partial<DebugMap> | null;
		if (map?.version === 3 && typeof map.mappings === 'string' && Array.isArray(map.sources))
			return { sourceRoot: '', sourcesContent: [], names: [], x_mullion_functions: {}, ...map } as DebugMap;
	} catch {
		// Said below, as of JSON that is no map.
	}
	throw new CliError('bad-map', `${what} is no source map`);
}

async function folderOf(context: Context): Promise<string | undefined> {
	const { repository } = await findHeadend(context);
	return repository === undefined ? undefined : join(repository, 'maps');
}

async function forgetOldest(folder: string): Promise<void> {
	const files = await readdir(folder);
	if (files.length <= mostMaps) return;
	const dated = await Promise.all(
		files.map(async (file) => ({ file, at: (await stat(join(folder, file))).mtimeMs })),
	);
	const oldest = dated.toSorted((a, b) => a.at - b.at).slice(0, files.length - mostMaps);
	for (const { file } of oldest) await rm(join(folder, file), { force: true });
}
