/**
 * The firmware as the few files that an image holds instead of its sources. Node reads through a file before it runs
 * anything of it, so each thread has its own, what they share is in others, and what most boxes never use is in the
 * last. What the main thread runs is in several for updates (`bundle-parts.ts`).
 */
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { partEntries, partPlugin, partsOf, settleParts } from './bundle-parts.ts';
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
	const name = basename(file, '.mjs');
	const programs = { [name]: entry, ...(hasCells && cells) };
	const options = {
		...common,
		outdir,
		outExtension: { '.js': '.mjs' },
		splitting: true,
		chunkNames: 'part-[hash]',
		format: 'esm',
		external: [...without],
		banner: {
			// Packages in CommonJS ask for Node's own modules with `require`, hardly ever for more; and in one file, what they
			// still use is taken for our own: nobody on a console can do anything about it.
			js: "const $n=process.getBuiltinModule,require=(name)=>$n(name)??$n('module').createRequire(import.meta.url)(name);process.noDeprecation=true;",
		},
	} as const satisfies BuildOptions;
	const plugins = [threadsBeside, leanNode, leanPackages];
	const alone = await build({ ...options, entryPoints: programs, plugins, write: false });
	const parts = partsOf(inputsOf(alone.metafile, `${name}.mjs`));
	const program = await build({
		...options,
		entryPoints: { ...programs, ...partEntries(parts) },
		plugins: [partPlugin(parts, common.absWorkingDir), ...plugins],
	});
	const metafile = await settleParts(program.metafile, { parts, root: common.absWorkingDir, outdir });
	const used = Object.values(metafile.outputs).some(({ imports }) =>
		imports.some(({ path }) => path.endsWith(onDemandFile)),
	);
	if (!used) return metafile;
	const rest = await build({
		...common,
		stdin: { contents: onDemand(), resolveDir: here('../..') },
		outfile: `${outdir}/${onDemandFile}`,
		format: 'cjs',
		plugins: [streamsOfNode],
	});
	return {
		inputs: { ...rest.metafile.inputs, ...metafile.inputs },
		outputs: { ...rest.metafile.outputs, ...metafile.outputs },
	};
}

function inputsOf({ outputs }: Metafile, file: string): string[] {
	const output = Object.entries(outputs).find(([path]) => basename(path) === file);
	return Object.keys(output?.[1].inputs ?? {});
}
