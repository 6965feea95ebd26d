/** Drivers of a kernel with what they need, in the order in which they have to be loaded. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ImageError } from './image-error.ts';

/**
 * @param names as `modprobe` takes them; one that is built into the kernel needs nothing
 * @returns paths below the tree
 * @throws ImageError `bad-board` for a driver that the kernel does not have
 */
export async function driversOf(tree: string, release: string, names: readonly string[]): Promise<string[]> {
	const folder = join('lib/modules', release);
	const read = (file: string): Promise<string> => readFile(join(tree, folder, file), 'utf8');
	const builtIn = new Set((await read('modules.builtin')).trim().split('\n').map(nameOf));
	const needs = new Map(
		(await read('modules.dep'))
			.trim()
			.split('\n')
			.map((line) => {
				const [path = '', others = ''] = line.split(':');
				return [nameOf(path), [path, ...others.trim().split(' ').filter(Boolean)]] as const;
			}),
	);
	const ordered = new Set<string>();
	for (const name of names.map(nameOf)) {
		const paths = needs.get(name);
		if (paths === undefined && !builtIn.has(name))
			throw new ImageError('bad-board', `the kernel ${release} has no driver "${name}"`);
		// `modules.dep` names what is needed first last.
		for (const path of paths?.toReversed() ?? []) ordered.add(join(folder, path));
	}
	return [...ordered];
}

/** Whether a path is that of a driver. */
export function isDriver(path: string, name: string): boolean {
	return nameOf(path) === nameOf(name);
}

/** `-` and `_` are the same in names of drivers. */
function nameOf(path: string): string {
	return (path.split('/').at(-1) ?? '').replace(/\.ko$/, '').replaceAll('-', '_');
}
