/** A module's folder -> the components that are shipped of it. */
import { access, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { makeFolder } from '../../firmware/hal/make-folder.ts';
import { type Manifest, parseManifest } from '../../runtime/module/manifest.ts';
import type { AssembleOptions } from './assemble.ts';
import { BuildError } from './build-error.ts';
import { type Component, readBuilt, writeBuilt } from './built.ts';
import { foreignFile, inputsOf } from './inputs.ts';
import { withLock } from './lock.ts';
import type { JsonObject } from './manifest.ts';
import { manifestFrom } from './manifest-file.ts';

export interface BuildOptions {
	/** Folder with `manifest.json`, and `assembly/index.ts` or `component.wasm`, anywhere. */
	readonly directory: string;
	/** Default: `dist` in it. */
	readonly outDirectory?: string;
	readonly signal?: AbortSignal;
}

export interface BuiltModule {
	/** `player-rich` for the persona `rich` of `player`. */
	readonly name: string;
	readonly version: string;
	readonly path: string;
	/** The component, with its manifest and schema inside. */
	readonly bytes: Uint8Array<ArrayBuffer>;
	/** Where its code comes from: a `DebugMap` as JSON. */
	readonly map: string;
	readonly manifest: Manifest;
	/** Size of the core module in it; of the whole component where another toolchain built it. */
	readonly coreBytes: number;
	/** Milliseconds that the whole build took. */
	readonly tookMs: number;
}

/**
 * Builds one component per persona; the same bytes for the same inputs. What an earlier build left
 * in `outDirectory` is taken as it is when nothing that it depends on has changed.
 *
 * @throws BuildError, ProtoError
 */
export async function buildModule(options: BuildOptions): Promise<BuiltModule[]> {
	const startedAt = performance.now();
	const directory = resolve(options.directory);
	const outDirectory = resolve(options.outDirectory ?? join(directory, 'dist'));
	const source = await readManifest(directory);
	const inputs = await inputsOf(directory);
	let components = await readBuilt(outDirectory, inputs.digest);
	if (components === undefined) {
		await makeFolder(outDirectory);
		const build = () => buildAnew({ directory, source, inputs, outDirectory, signal: options.signal });
		components = await withLock(join(outDirectory, '.lock'), build, options.signal);
	}
	const tookMs = performance.now() - startedAt;
	return components.map(({ file, bytes, map, coreBytes, json }) => {
		const manifest = parseManifest(json);
		const { name, version } = manifest;
		return { name, version, path: join(outDirectory, file), bytes, map, manifest, coreBytes, tookMs };
	});
}

async function buildAnew({
	outDirectory,
	...options
}: AssembleOptions & { outDirectory: string }): Promise<Component[]> {
	const { digest } = options.inputs;
	// Another process may have built just this while we waited for it.
	const ready = await readBuilt(outDirectory, digest);
	if (ready !== undefined) return ready;
	// The generators and their libraries take a while to load, which an unchanged module need not wait for.
	const { assemble } = await import('./assemble.ts');
	const components = await assemble(options);
	await writeBuilt(outDirectory, { digest, components });
	return components;
}

async function readManifest(directory: string): Promise<JsonObject> {
	const path = join(directory, 'manifest.json');
	const text = await readFile(path, 'utf8').catch((cause: unknown) => {
		throw new BuildError('no-module', `${directory} is no module: it has no manifest.json`, { cause });
	});
	const code = ['assembly/index.ts', foreignFile].map((file) => access(join(directory, file)));
	await Promise.any(code).catch((cause: unknown) => {
		throw new BuildError(
			'no-module',
			`${directory} is no module: it has neither assembly/index.ts nor ${foreignFile}`,
			{ cause },
		);
	});
	return manifestFrom(text, path);
}
