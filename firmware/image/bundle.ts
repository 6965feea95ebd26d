/**
 * The firmware as the few files that an image holds instead of its sources. Node reads through a file before it runs
 * anything of it, so each thread has one of its own, what they share is in others, and what most boxes never use
 * is in the last.
 */
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { leanNode } from './lean-node.ts';
import { leanPackages, onDemand, onDemandFile, streamsOfNode } from './lean-packages.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export interface BundleOptions {
	/** What is run: `.mjs`. The other files are written beside it. */
	readonly file: string;
	/** Packages that stay outside: what needs them is refused where they are not there. */
	readonly without?: readonly string[];
	/** Default: all of the firmware. */
	readonly entry?: string;
	/** Whether it has cells; default true. */
	readonly hasCells?: boolean;
}

const cells = { cell: here('../hal/cell-worker.ts'), glue: here('../hal/glue-worker.ts') };

/** In place of the files that threads run from the sources. */
const threadsBeside: Plugin = {
	name: 'threads beside each other',
	setup: ({ onLoad }) => {
		onLoad({ filter: /firmware\/hal\/threads\.ts$/ }, () => ({
			contents: `export const cellProgram = new URL('cell.mjs', import.meta.url);
				export const glueProgram = new URL('glue.mjs', import.meta.url);`,
		}));
	},
};

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
}: BundleOptions): Promise<Metafile> {
	const outdir = dirname(file);
	const program = await build({
		...common,
		entryPoints: { [basename(file, '.mjs')]: entry, ...(hasCells && cells) },
		outdir,
		outExtension: { '.js': '.mjs' },
		splitting: true,
		chunkNames: 'part-[hash]',
		format: 'esm',
		external: [...without],
		plugins: [threadsBeside, leanNode, leanPackages],
		banner: {
			// Packages in CommonJS ask for Node's own modules with `require`, hardly ever for more; and in one file, what they
			// still use is taken for our own: nobody on a console can do anything about it.
			js: "const $n=process.getBuiltinModule,require=(name)=>$n(name)??$n('module').createRequire(import.meta.url)(name);process.noDeprecation=true;",
		},
	});
	const used = Object.values(program.metafile.outputs).some(({ imports }) =>
		imports.some(({ path }) => path.endsWith(onDemandFile)),
	);
	if (!used) return program.metafile;
	const rest = await build({
		...common,
		stdin: { contents: onDemand(), resolveDir: here('../..') },
		outfile: `${outdir}/${onDemandFile}`,
		format: 'cjs',
		plugins: [streamsOfNode],
	});
	return {
		inputs: { ...rest.metafile.inputs, ...program.metafile.inputs },
		outputs: { ...rest.metafile.outputs, ...program.metafile.outputs },
	};
}
