/** Reads a component, its manifest and the messages beside it, for `wrap.ts`. */
import { glob, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BuildError } from './build-error.ts';
import type { Component } from './built.ts';
import { busFolder } from './house.ts';
import { manifestFrom } from './manifest-file.ts';
import { readProto } from './proto/source.ts';
import { wrapComponent } from './wrap.ts';

export interface WrapFilesOptions {
	readonly componentPath: string;
	/** Own messages are in `proto/` beside it. */
	readonly manifestPath: string;
}

/** @throws BuildError, ProtoError */
export async function wrapFiles({ componentPath, manifestPath }: WrapFilesOptions): Promise<Component[]> {
	const component = await readFile(componentPath).catch((cause: unknown) => {
		throw new BuildError('no-component', `${componentPath} cannot be read`, { cause });
	});
	const text = await readFile(manifestPath, 'utf8').catch((cause: unknown) => {
		throw new BuildError('bad-manifest-file', `${manifestPath} cannot be read`, { cause });
	});
	const source = manifestFrom(text, manifestPath);
	const own = join(dirname(manifestPath), 'proto');
	const protoFiles = [...(await protoIn(own)), ...(await protoIn(busFolder))];
	const { root } = await readProto({ protoFiles, importPaths: [own, busFolder] });
	return wrapComponent({ component: new Uint8Array(component), source, root });
}

async function protoIn(folder: string): Promise<string[]> {
	const files = await Array.fromAsync(glob('**/*.proto', { cwd: folder }));
	return files.sort().map((file) => join(folder, file));
}
