/** Everything that the bytes of a module depend on. */
import { createHash } from 'node:crypto';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
	busFolder,
	compilerSettings,
	packagesFolder,
	sdkFolder,
	servicesWit,
	toolchainFolder,
} from './house.ts';

/** Packages whose version is part of the result. */
const compilers = ['assemblyscript', '@bytecodealliance/jco-transpile', 'protobufjs'];

/** In the folder of a module that was built by another toolchain. */
export const foreignFile = 'component.wasm';

export interface Inputs {
	/** AssemblyScript of the module's author, from its folder. */
	readonly sources: readonly string[];
	/** A component of another toolchain, where the folder has one instead of AssemblyScript. */
	readonly foreign?: Uint8Array;
	/** Absolute paths of the module's own .proto files, then of the platform's. */
	readonly protoFiles: readonly string[];
	/** The same whenever nothing has changed. */
	readonly digest: string;
}

/** @param directory folder of the module */
export async function inputsOf(directory: string): Promise<Inputs> {
	const [sources, own, platform, sdk, toolchain] = await Promise.all([
		filesIn(directory, 'assembly/**/*.ts', /^assembly\/(bus|wit)\//),
		filesIn(directory, 'proto/**/*.proto'),
		filesIn(busFolder, '*.proto'),
		filesIn(sdkFolder, '**/*.ts', /^(bus|wit)\//),
		filesIn(toolchainFolder, '**/*.ts', /\.test\.ts$|(^|\/)(assembly|fixtures|proof|system|template)\//),
	]);
	const foreign = await filesIn(directory, foreignFile);
	const protoFiles = [
		...own.map((file) => join(directory, file)),
		...platform.map((file) => join(busFolder, file)),
	];
	const hashed = [
		...['manifest.json', ...foreign, ...sources, ...own].map((file) => ({
			name: `module/${file}`,
			path: join(directory, file),
		})),
		...platform.map((file) => ({ name: `bus/${file}`, path: join(busFolder, file) })),
		...sdk.map((file) => ({ name: `sdk/${file}`, path: join(sdkFolder, file) })),
		...toolchain.map((file) => ({ name: `build/${file}`, path: join(toolchainFolder, file) })),
		...compilers.map((name) => ({ name, path: join(packagesFolder, name, 'package.json') })),
		{ name: 'wit', path: servicesWit },
		{ name: 'asconfig', path: compilerSettings },
	];
	const contents = await Promise.all(hashed.map(({ path }) => readFile(path)));
	const hash = createHash('sha256');
	hashed.forEach(({ name }, index) => {
		const content = contents[index] as Buffer;
		hash.update(`${name}\0${content.length}\0`).update(content);
	});
	const component = contents[hashed.findIndex(({ name }) => name === `module/${foreignFile}`)];
	return {
		sources,
		protoFiles,
		digest: hash.digest('hex'),
		...(component && { foreign: new Uint8Array(component) }),
	};
}

async function filesIn(directory: string, pattern: string, excluded?: RegExp): Promise<string[]> {
	const files: string[] = [];
	for await (const found of glob(pattern, { cwd: directory })) {
		const file = found.replaceAll('\\', '/');
		if (excluded === undefined || !excluded.test(file)) files.push(file);
	}
	return files.sort();
}
