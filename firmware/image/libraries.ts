/** Which shared libraries programs need, found in a tree for any processor without running anything of it. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ImageError } from './image-error.ts';
import { tool } from './tool.ts';

/** @returns paths below the tree, in order. @throws ImageError `tool-failed` where a library is missing */
export async function librariesOf(tree: string, programs: readonly string[]): Promise<string[]> {
	const found = new Map<string, string>();
	const ahead = [...programs];
	for (let file = ahead.pop(); file !== undefined; file = ahead.pop()) {
		for (const name of await needed(file)) {
			if (found.has(name)) continue;
			const path = await find(tree, name);
			found.set(name, path);
			ahead.push(join(tree, path));
		}
	}
	return [...found.values()].sort();
}

async function needed(file: string): Promise<string[]> {
	const [dynamic, headers] = await Promise.all([
		tool('readelf', ['--wide', '-d', file]),
		tool('readelf', ['--wide', '-l', file]),
	]);
	const names = [...dynamic.matchAll(/\(NEEDED\)\s+Shared library: \[(.+)\]/g)].map(([, name = '']) => name);
	const [, loader] = /Requesting program interpreter: \S*\/(.+)\]/.exec(headers) ?? [];
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
