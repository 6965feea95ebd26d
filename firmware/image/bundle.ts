/** The whole firmware as one JavaScript file, for all of its threads: what an image holds instead of the sources. */
import { fileURLToPath } from 'node:url';
import { build, type Metafile, type Plugin } from 'esbuild';
import { leanNode } from './lean-node.ts';
import { leanPackages } from './lean-packages.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export interface BundleOptions {
	/** Where it is written. */
	readonly file: string;
	/** Packages that stay outside: what needs them is refused where they are not there. */
	readonly without?: readonly string[];
	/** Default: all of the firmware. */
	readonly entry?: string;
}

/** In place of the files that threads run from the sources. */
const threadsInOne: Plugin = {
	name: 'threads in one file',
	setup: ({ onLoad }) => {
		onLoad({ filter: /firmware\/hal\/threads\.ts$/ }, () => ({
			contents: `export const cellProgram = new URL(import.meta.url);
				export const glueProgram = cellProgram;`,
		}));
	},
};

/** Returns what is in it, and how many bytes of each file. Byte for byte the same for the same sources. */
export async function bundleFirmware({
	file,
	without = [],
	entry = here('bundle-entry.ts'),
}: BundleOptions): Promise<Metafile> {
	const { metafile } = await build({
		entryPoints: [entry],
		outfile: file,
		bundle: true,
		platform: 'node',
		format: 'esm',
		target: 'node26',
		minifyWhitespace: true,
		minifySyntax: true,
		legalComments: 'none',
		metafile: true,
		absWorkingDir: here('../..'),
		external: [...without],
		plugins: [threadsInOne, leanNode, leanPackages],
		// Packages in CommonJS ask for Node's own modules with `require`.
		banner: { js: "import{createRequire as $r}from'node:module';const require=$r(import.meta.url);" },
		logLevel: 'silent',
	});
	return metafile;
}
