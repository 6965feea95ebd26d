/**
 * The firmware as the few files that an image holds instead of its sources. Node reads through a file before it runs
 * anything of it, so each thread has its own, what threads of cells share is in others, and what most boxes never use
 * is in the last.
 *
 * What the main thread runs is in CommonJS: for a module Node loads its own loader of modules first, and asks for each
 * file that one imports in turn, which takes a box two fifths of a second. It is in several files for updates
 * (`bundle-parts.ts`).
 */
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { bundleParts } from './bundle-parts.ts';
import { leanNode } from './lean-node.ts';
import { leanPackages, onDemand, onDemandFile, streamsOfNode } from './lean-packages.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export interface BundleOptions {
	/**
	 * The program. What else there is is written beside it. `firmware.cjs` starts quicker, and has `startFile` beside it; a
	 * program that ends in `.mjs` may wait at its top level.
	 */
	readonly file: string;
	/** Packages that stay outside: what needs them is refused where they are not there. */
	readonly without?: readonly string[];
	/** Default: all of the firmware. */
	readonly entry?: string;
	/** Whether it has cells; default true. */
	readonly hasCells?: boolean;
	/** Whether the process is its own, so that it may say what that is silent about; default true. */
	readonly ownsProcess?: boolean;
}

/** Where it is in the root of an image. */
export const firmwareFolder = 'usr/lib/mullion';
/** What an image runs: sets the engine, and has it run the firmware. */
export const startFile = 'start.cjs';
const firmwareFile = 'firmware.cjs';

const cells = { cell: here('../hal/cell-worker.ts'), glue: here('../hal/glue-worker.ts') };

/** In place of the files that threads run from the sources. @param place where the bundle is, as JavaScript */
const threadsBeside = (place: string): Plugin => ({
	name: 'threads beside each other',
	setup: ({ onLoad }) => {
		onLoad({ filter: /firmware\/hal\/threads\.ts$/ }, () => ({
			contents: `export const cellProgram = new URL('cell.mjs', ${place});
				export const glueProgram = new URL('glue.mjs', ${place});`,
		}));
	},
});

/** What packages in one file still use of what is deprecated is taken for our own: nobody on a console can help it. */
const quiet = 'process.noDeprecation=true;';

const common = {
	bundle: true,
	platform: 'node',
	target: 'node26',
	minifyWhitespace: true,
	minifySyntax: true,
	legalComments: 'none',
	metafile: true,
	absWorkingDir: here('../..'),
	logLevel: 'silent',
} as const satisfies BuildOptions;

/** Returns what is in it, and how many bytes of each file. Byte for byte the same for the same sources. */
export async function bundleFirmware({
	file,
	without = [],
	entry = here('../main.ts'),
	hasCells = true,
	ownsProcess = true,
}: BundleOptions): Promise<Metafile> {
	const outdir = dirname(file);
	const threads = hasCells ? cells : {};
	const modules = { outdir, external: without, banner: ownsProcess ? quiet : '' };
	const program =
		basename(file) === firmwareFile
			? together([
					await bundleMain(entry, outdir, without),
					await bundleStart(outdir),
					await bundleModules(threads, modules),
				])
			: await bundleModules({ [basename(file, '.mjs')]: entry, ...threads }, modules);
	const used = Object.values(program.outputs).some(({ imports }) =>
		imports.some(({ path }) => path.endsWith(onDemandFile)),
	);
	if (!used) return program;
	const rest = await build({
		...common,
		stdin: { contents: onDemand(), resolveDir: here('../..') },
		outfile: `${outdir}/${onDemandFile}`,
		format: 'cjs',
		plugins: [streamsOfNode],
	});
	return together([rest.metafile, program]);
}

type Entries = Readonly<Record<string, string>>;

function bundleMain(entry: string, outdir: string, external: readonly string[]): Promise<Metafile> {
	return bundleParts(entry, {
		file: `${outdir}/${firmwareFile}`,
		banner: quiet,
		options: {
			...common,
			external: [...external],
			plugins: [threadsBeside("require('node:url').pathToFileURL(__filename)"), leanNode, leanPackages],
		},
	});
}

async function bundleStart(outdir: string): Promise<Metafile> {
	const { metafile } = await build({
		...common,
		entryPoints: [here('root/start.ts')],
		outfile: `${outdir}/${startFile}`,
		format: 'cjs',
		external: [`./${firmwareFile}`],
		plugins: [leanNode],
	});
	return metafile;
}

async function bundleModules(
	entryPoints: Entries,
	{ outdir, external, banner }: { outdir: string; external: readonly string[]; banner: string },
): Promise<Metafile> {
	const { metafile } = await build({
		...common,
		entryPoints: { ...entryPoints },
		outdir,
		outExtension: { '.js': '.mjs' },
		splitting: true,
		chunkNames: 'part-[hash]',
		format: 'esm',
		external: [...external],
		plugins: [threadsBeside('import.meta.url'), leanNode, leanPackages],
		banner: {
			// Packages in CommonJS ask for Node's own modules with `require`, hardly ever for more.
			js: `const $n=process.getBuiltinModule,require=(name)=>$n(name)??$n('module').createRequire(import.meta.url)(name);${banner}`,
		},
	});
	return metafile;
}

function together(metafiles: readonly Metafile[]): Metafile {
	return {
		inputs: Object.assign({}, ...metafiles.map(({ inputs }) => inputs)),
		outputs: Object.assign({}, ...metafiles.map(({ outputs }) => outputs)),
	};
}
