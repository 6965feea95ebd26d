/** Which shared libraries programs need, found in a tree for any processor without running anything of it. */
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ImageError } from './image-error.ts';
import { tool } from './tool.ts';

export interface Library {
	/** Where programs look for it, from the root. */
	readonly path: string;
	readonly file: string;
}

/** @returns each once, in order. @throws ImageError `tool-failed` where a library is missing */
export async function librariesOf(tree: string, programs: readonly string[]): Promise<Library[]> {
	const found = new Map<string, Library>();
	const ahead = [...programs];
	for (let program = ahead.pop(); program !== undefined; program = ahead.pop()) {
		for (const wanted of await needed(program)) {
			const name = basename(wanted);
			const is = found.get(name);
			const path = is?.path ?? (await find(tree, name));
			const file = is?.file ?? join(tree, path);
			// What loads the others is at the place that the program names.
			found.set(name, { path: wanted === name ? path : wanted.slice(1), file });
			if (is === undefined) ahead.push(file);
		}
	}
	return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** By name, or by path. */
async function needed(file: string): Promise<string[]> {
	const [dynamic, headers] = await Promise.all([
		tool('readelf', ['--wide', '-d', file]),
		tool('readelf', ['--wide', '-l', file]),
	]);
	const names = [...dynamic.matchAll(/\(NEEDED\)\s+Shared library: \[(.+)\]/g)].map(([, name = '']) => name);
	const [, loader] = /Requesting program interpreter: (\/.+)\]/.exec(headers) ?? [];
	return loader === undefined ? names : [...names, loader];
}

async function find(tree: string, name: string): Promise<string> {
	for (const top of ['lib', 'usr/lib']) {
		const folders = ['', ...(await readdir(join(tree, top)).catch(() => []))];
		for (const folder of folders) {
			const path = join(top, folder, name);
			if (
				await stat(join(tree, path)).then(
					(entry) => entry.isFile(),
					() => false,
				)
			)
				return path;
		}
	}
	throw new ImageError('tool-failed', `no package holds the library ${name}`);
}
