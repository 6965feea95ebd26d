/**
 * What the firmware's main thread runs, in several files instead of one. Where a line of one has changed, every place
 * behind it has moved, and with them most of what the engine has compiled of the file: an update brings a file and its
 * compiled code anew, and leaves the others as they are.
 */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Metafile, Plugin } from 'esbuild';

/** By their paths; what is left stays in the file that is run. */
const groups: Readonly<Record<string, RegExp>> = {
	packages: /^node_modules\/|^proto\//,
	platform: /^runtime\//,
	agent: /^firmware\/(?:agent|factory|slots|update)\//,
};

export type Parts = ReadonlyMap<string, readonly string[]>;

const namespace = 'part';
const prefix = `${namespace}:`;

/** @param inputs of the file that would be the only one, by their paths from `root` */
export function partsOf(inputs: readonly string[]): Parts {
	// A `:` is none of a file, but of what a plugin has made.
	const files = inputs.filter((path) => !path.includes(':'));
	return new Map(
		Object.entries(groups).map(([name, pattern]) => [name, files.filter((path) => pattern.test(path))]),
	);
}

/** What is built beside the programs: files that two of them use come into a file of their own. */
export function partEntries(parts: Parts): Record<string, string> {
	return Object.fromEntries([...parts.keys()].map((name) => [entryOf(name), `${prefix}${name}`]));
}

export function partPlugin(parts: Parts, root: string): Plugin {
	return {
		name: 'parts of one program',
		setup: ({ onResolve, onLoad }) => {
			onResolve({ filter: new RegExp(`^${prefix}`) }, ({ path }) => ({ path, namespace }));
			onLoad({ filter: /.*/, namespace }, ({ path }) => ({
				resolveDir: root,
				contents: (parts.get(path.slice(prefix.length)) ?? [])
					.map((file) => `import ${JSON.stringify(join(root, file))};`)
					.join(''),
			}));
		},
	};
}

/**
 * Takes away what was only built so that there are parts, and has the others called by numbers: a name that is made of
 * what is in a part would change in all who name it.
 */
export async function settleParts(
	{ inputs, outputs }: Metafile,
	{ parts, root, outdir }: { readonly parts: Parts; readonly root: string; readonly outdir: string },
): Promise<Metafile> {
	const entries = new Set([...parts.keys()].map((name) => `${entryOf(name)}.mjs`));
	const kept = Object.entries(outputs).filter(([path]) => !entries.has(basename(path)));
	const first = (path: string): string => Object.keys(outputs[path]?.inputs ?? {}).toSorted()[0] ?? '';
	const numbered = kept
		.map(([path]) => path)
		.filter((path) => basename(path).startsWith('part-'))
		.toSorted((a, b) => (first(a) < first(b) ? -1 : 1));
	const names = new Map(
		numbered.map((path, at) => [basename(path), `part-${`${at}`.padStart(2, '0')}.mjs`] as const),
	);
	const renamed = (text: string): string =>
		text.replaceAll(/part-[0-9A-Z]{8}\.mjs/g, (name) => names.get(name) ?? name);
	for (const name of entries) await rm(join(outdir, name), { force: true });
	for (const [path] of kept) {
		const file = join(root, path);
		await writeFile(file, renamed(await readFile(file, 'utf8')));
		await rename(file, join(dirname(file), renamed(basename(file))));
	}
	return {
		inputs,
		outputs: Object.fromEntries(
			kept.map(([path, output]) => [
				renamed(path),
				{ ...output, imports: output.imports.map((each) => ({ ...each, path: renamed(each.path) })) },
			]),
		),
	};
}

function entryOf(part: string): string {
	return `of-${part}`;
}
