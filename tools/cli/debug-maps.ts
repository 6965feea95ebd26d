/** The source map of a module, from where it was pushed from or from a file that is named. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { DebugMap } from '../build/debug-map.ts';
import { readMap } from '../headend/repository/maps.ts';
import { CliError } from './cli-error.ts';
import type { Context } from './command.ts';
import { findHeadend } from './headend-file.ts';

/** Undefined where the module of this digest was not pushed from here. Errors: `bad-map`. */
export async function findMap(context: Context, digest: string): Promise<DebugMap | undefined> {
	const { repository } = await findHeadend(context);
	const text = repository === undefined ? undefined : await readMap(repository, digest);
	return text === undefined ? undefined : parseMap(text, 'the map that was kept');
}

/** Errors: `no-such-file`, `bad-map`. */
export async function mapIn(file: string, { cwd }: Context): Promise<DebugMap> {
	const text = await readFile(resolve(cwd, file), 'utf8').catch((cause: unknown) => {
		throw new CliError('no-such-file', `there is no ${file}`, { cause });
	});
	return parseMap(text, file);
}

function parseMap(text: string, what: string): DebugMap {
	try {
		const map = JSON.parse(text) as Partial<DebugMap> | null;
		if (map?.version === 3 && typeof map.mappings === 'string' && Array.isArray(map.sources))
			return { sourceRoot: '', sourcesContent: [], names: [], x_mullion_functions: {}, ...map } as DebugMap;
	} catch {
		// Said below, as of JSON that is no map.
	}
	throw new CliError('bad-map', `${what} is no source map`);
}
