/** Writes the bindings that are committed, from the contracts in `proto/`, and references from tables in the code: `npm run generate`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { errorTable } from './error-table.ts';
import { manifestReference } from './manifest-reference.ts';
import { hostCodecs } from './proto/typescript.ts';
import { textModule } from './text-module.ts';
import { serviceLinker } from './wit/service-linker.ts';

export interface GenerationStep {
	/** Folder that the files go to, from the root of the repository. */
	readonly outDirectory: string;
	/** Path below it -> text. */
	readonly files: () => Promise<ReadonlyMap<string, string>>;
}

const repository = resolve(import.meta.dirname, '../..');

export const generationSteps: readonly GenerationStep[] = [
	{
		outDirectory: 'proto/host',
		files: () => hostCodecs({ protoDirectory: resolve(repository, 'proto') }),
	},
	{
		outDirectory: 'runtime/component/generated',
		files: async () => new Map([['service.ts', await serviceLinker(resolve(repository, 'proto/wit'))]]),
	},
	{
		outDirectory: 'runtime/component/lane/generated',
		files: async () => {
			const source = (name: string): string => resolve(repository, 'runtime/component/lane', name);
			return new Map([
				['lane.ts', await textModule(source('lane.wat'), 'laneModule')],
				['pause.ts', await textModule(source('pause.wat'), 'pauseModule')],
			]);
		},
	},
	{
		outDirectory: 'runtime/digest/generated',
		files: async () => {
			const source = resolve(repository, 'runtime/digest/xxh64.wat');
			return new Map([['xxh64.ts', await textModule(source, 'xxh64Module')]]);
		},
	},
	{
		outDirectory: 'proto',
		files: async () => new Map([['ERRORS.md', await errorTable(repository)]]),
	},
	{
		outDirectory: 'modules',
		files: async () => new Map([['MANIFEST.md', manifestReference()]]),
	},
];

if (import.meta.main) {
	for (const { outDirectory, files } of generationSteps) {
		for (const [name, text] of await files()) {
			const path = resolve(repository, outDirectory, name);
			await mkdir(dirname(path), { recursive: true });
			await writeFile(path, text);
			console.log(`${outDirectory}/${name}`);
		}
	}
}
