/**
 * What the firmware's main thread runs, in several files instead of one. Where a line of one has changed, every place
 * behind it has moved, and with them most of what the engine has compiled of the file: an update brings a file and its
 * compiled code anew, and leaves the others as they are.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin, transform } from 'esbuild';

/** By their paths; what is left stays in the file that is run. */
const groups: Readonly<Record<string, RegExp>> = {
	packages: /^node_modules\/|^proto\//,
	platform: /^runtime\//,
	agent: /^firmware\/(?:agent|factory|slots|update)\//,
};

export interface PartsOptions {
	/** Which is run; the others are written beside it. */
	readonly file: string;
	/** Before anything else, as JavaScript. */
	readonly banner: string;
	readonly options: BuildOptions & { readonly absWorkingDir: string; readonly plugins: Plugin[] };
}

/** Returns what is in them. @param entry waits for nothing at its top level, for the files are in CommonJS */
export async function bundleParts(entry: string, { file, banner, options }: PartsOptions): Promise<Metafile> {
	const { absWorkingDir: root, plugins } = options;
	const program = basename(file);
	const split = {
		...options,
		metafile: true,
		write: false,
		outdir: dirname(file),
		outExtension: { '.js': '.cjs' },
		splitting: true,
		chunkNames: 'main-[hash]',
		format: 'esm',
	} as const;
	const entries = { [basename(file, '.cjs')]: entry };
	const alone = await build({ ...split, entryPoints: entries });
	const parts = partsOf(inputsOf(alone.metafile, program));
	const { metafile, outputFiles } = await build({
		...split,
		entryPoints: { ...entries, ...partEntries(parts) },
		plugins: [partPlugin(parts, root), ...plugins],
	});
	const { settled, renamed } = settle(metafile, parts);
	await mkdir(dirname(file), { recursive: true });
	for (const { path, text } of outputFiles) {
		const to = renamed(path);
		if (!(relative(root, to) in settled.outputs)) continue;
		const { code } = await transform(renamed(text), { ...transforming, format: 'cjs' });
		await writeFile(to, `${banner}${code}`);
	}
	return settled;
}

const transforming = {
	platform: 'node',
	target: 'node26',
	minifyWhitespace: true,
	minifySyntax: true,
} as const;

type Parts = ReadonlyMap<string, readonly string[]>;

const namespace = 'part';
const prefix = `${namespace}:`;

/** @param inputs of the file that would be the only one */
function partsOf(inputs: readonly string[]): Parts {
	// A `:` is none of a file, but of what a plugin has made.
	const files = inputs.filter((path) => !path.includes(':'));
	return new Map(
		Object.entries(groups).map(([name, pattern]) => [name, files.filter((path) => pattern.test(path))]),
	);
}

function inputsOf({ outputs }: Metafile, file: string): string[] {
	const output = Object.entries(outputs).find(([path]) => basename(path) === file);
	return Object.keys(output?.[1].inputs ?? {});
}

function entryOf(part: string): string {
	return `of-${part}`;
}

/** What is built beside the program: a file that two of them use comes into a file of its own. */
function partEntries(parts: Parts): Record<string, string> {
	return Object.fromEntries([...parts.keys()].map((name) => [entryOf(name), `${prefix}${name}`]));
}

function partPlugin(parts: Parts, root: string): Plugin {
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
 * Leaves out what was only built so that there are parts, and has the others called by numbers: a name that is made of
 * what is in a part would change in all who name it.
 */
function settle({ inputs, outputs }: Metafile, parts: Parts) {
	const left = new Set([...parts.keys()].map((name) => `${entryOf(name)}.cjs`));
	const kept = Object.entries(outputs).filter(([path]) => !left.has(basename(path)));
	const firstOf = (path: string): string => Object.keys(outputs[path]?.inputs ?? {}).toSorted()[0] ?? '';
	const numbered = kept
		.map(([path]) => path)
		.filter((path) => basename(path).startsWith('main-'))
		.toSorted((a, b) => (firstOf(a) < firstOf(b) ? -1 : 1));
	const names = new Map(
		numbered.map((path, at) => [basename(path), `main-${`${at}`.padStart(2, '0')}.cjs`] as const),
	);
	const renamed = (text: string): string =>
		text.replaceAll(/main-[0-9A-Z]{8}\.cjs/g, (name) => names.get(name) ?? name);
	const settled: Metafile = {
		inputs,
		outputs: Object.fromEntries(
			kept.map(([path, output]) => [
				renamed(path),
				{ ...output, imports: output.imports.map((each) => ({ ...each, path: renamed(each.path) })) },
			]),
		),
	};
	return { settled, renamed };
}
