/** AssemblyScript -> core module, with the names that the canonical ABI wants, and where its code comes from. */
import { readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import asc, { type DiagnosticMessage } from 'assemblyscript/asc';
import { BuildError } from './build-error.ts';
import { type DebugMap, splitDebug } from './debug-map.ts';
import { formatDiagnostic } from './diagnostic.ts';
import { collectorFolder, compilerSettings } from './house.ts';

/** Plain data, so that another process can do it. */
export interface Compilation {
	/** Folder that sources are named from, in `entries` and in messages. */
	readonly directory: string;
	/** Sources whose top level runs, in this order; their exports become the module's. */
	readonly entries: readonly string[];
	/** Sources that are in no folder: path -> text. */
	readonly sources: ReadonlyMap<string, string>;
	/** `import "mullion/x"`: what the import starts with, and the folder where the rest of it is looked up. */
	readonly packages: readonly (readonly [prefix: string, folder: string])[];
	/** Name that AssemblyScript can export -> name in the module. */
	readonly exportNames: ReadonlyMap<string, string>;
	/** Function that failed assertions end in, as the compiler names it. */
	readonly abort?: string;
	/** Most that the memory may grow to, in pages of 64 KiB. */
	readonly maximumPages: number;
}

/** The collector of `--runtime minimal`, by its place in the library. */
const collector = 'rt/tcms.ts';
export interface Compiled {
	readonly core: Uint8Array<ArrayBuffer>;
	readonly map: DebugMap;
}

/** @throws BuildError `does-not-compile` */
export async function compile(compilation: Compilation): Promise<Compiled> {
	const texts = new Map<string, { file: string; text: string }>();
	const diagnostics: DiagnosticMessage[] = [];
	let binary: Uint8Array<ArrayBuffer> | undefined;
	let sourceMap: string | undefined;
	const { error, stderr } = await asc.main(argumentsOf(compilation), {
		async readFile(path, folder) {
			// Whatever is imported is looked for there too.
			if (folder === collectorFolder) return path === collector ? readFile(join(folder, path), 'utf8') : null;
			const known = compilation.sources.get(path);
			if (known !== undefined) return known;
			const file = fileOf(path, compilation);
			const text = await readFile(file, 'utf8').catch(() => null);
			if (text !== null) texts.set(sourceKey(path), { file: shown(file), text });
			return text;
		},
		writeFile(_, contents) {
			if (typeof contents === 'string') sourceMap = contents;
			else binary = new Uint8Array(contents);
		},
		listFiles: (folder) => (folder === collectorFolder ? [collector] : null),
		reportDiagnostic: (diagnostic) => diagnostics.push(diagnostic),
		transforms: [exporting(compilation.exportNames)],
	});
	if (binary !== undefined && sourceMap !== undefined && error === null)
		return splitDebug(binary, { sourceMap, directory: compilation.directory });
	const errors = diagnostics.filter((each) => each.category === 3);
	const reasons = errors.map((each) => formatDiagnostic(each, (path) => texts.get(sourceKey(path))));
	if (reasons.length === 0) reasons.push(stderr.toString() || String(error));
	throw new BuildError('does-not-compile', reasons.join('\n\n'));
}

function fileOf(path: string, { directory, packages }: Compilation): string {
	const imported = path.replaceAll('\\', '/').split('node_modules/').at(-1) as string;
	// Looked for by the compiler itself; one in the module's own folder changes nothing.
	if (path === 'asconfig.json') return compilerSettings;
	const found = packages.find(([prefix]) => imported.startsWith(`${prefix}/`));
	if (found === undefined || imported === path) return resolve(directory, path);
	const [prefix, folder] = found;
	return resolve(folder, imported.slice(prefix.length + 1));
}

/** As short as it can be clicked on in a terminal. */
function shown(file: string): string {
	const path = relative(process.cwd(), file);
	return path.startsWith('..') ? file : path;
}

/** What is read as `node_modules/mullion/x.ts` is called `~lib/mullion/x.ts` in messages. */
function sourceKey(path: string): string {
	return path.replaceAll('\\', '/').replace(/^.*node_modules\//, '~lib/');
}

function argumentsOf({ entries, abort, maximumPages }: Compilation): string[] {
	return [
		...entries,
		// Neither changes the code: they end up in custom sections and beside the module.
		...['--sourceMap', '--debug'],
		...['--maximumMemory', `${maximumPages}`],
		...['--lib', collectorFolder],
		...(abort === undefined ? [] : ['--use', `abort=${abort}`]),
	];
}

/** AssemblyScript exports identifiers only, so the names of the ABI are given afterwards. */
function exporting(names: ReadonlyMap<string, string>): asc.Transform {
	class Exporting {
		declare readonly binaryen: Binaryen;

		afterCompile(module: Module): void {
			for (const [from, to] of names) {
				const { value } = this.binaryen.getExportInfo(module.getExport(from));
				module.removeExport(from);
				module.addFunctionExport(value, to);
			}
		}
	}
	// The declarations of asc ask for an instance; what it takes is the class, which it completes itself.
	return Exporting as unknown as asc.Transform;
}

/** The parts of binaryen that are needed here. */
interface Binaryen {
	getExportInfo(reference: number): { readonly value: string };
}

interface Module {
	getExport(name: string): number;
	removeExport(name: string): void;
	addFunctionExport(internal: string, external: string): void;
}
