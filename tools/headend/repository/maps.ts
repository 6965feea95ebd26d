/**
 * The source maps of signed modules, by digest: beside the repository's public folder, so that the
 * operator's tools have them and boxes never do.
 */
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../../firmware/hal/make-folder.ts';

export interface KeptMap {
	/** SHA-256 of the component, hexadecimal. */
	readonly digest: string;
	/** A `DebugMap` as JSON. */
	readonly map: string;
}

/** Old versions crash too, but not for ever. */
const mostMaps = 100;

/** @param directory the repository's */
export async function keepMap(directory: string, { digest, map }: KeptMap): Promise<void> {
	const folder = join(directory, 'maps');
	await makeFolder(folder);
	const file = join(folder, `${digest}.map`);
	await writeFile(`${file}.${process.pid}.new`, map);
	await rename(`${file}.${process.pid}.new`, file);
	await forgetOldest(folder);
}

/** Undefined where none was kept. */
export async function readMap(directory: string, digest: string): Promise<string | undefined> {
	if (!/^[0-9a-f]{64}$/.test(digest)) return undefined;
	return readFile(join(directory, 'maps', `${digest}.map`), 'utf8').catch(() => undefined);
}

async function forgetOldest(folder: string): Promise<void> {
	const files = await readdir(folder);
	if (files.length <= mostMaps) return;
	// One that another process has forgotten meanwhile is the oldest of all.
	const dated = await Promise.all(
		files.map(async (file) => {
			const { mtimeMs } = await stat(join(folder, file)).catch(() => ({ mtimeMs: 0 }));
			return { file, mtimeMs };
		}),
	);
	const oldest = dated.toSorted((a, b) => a.mtimeMs - b.mtimeMs).slice(0, files.length - mostMaps);
	for (const { file } of oldest) await rm(join(folder, file), { force: true });
}
