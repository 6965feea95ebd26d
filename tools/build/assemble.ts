/** Compiles a module and puts its manifest and schema into each component that is shipped of it. */
import { decodeComponent } from '../../runtime/component/decode.ts';
import { serviceWorld, writeModuleBindings, writeSdkBindings } from './bindings.ts';
import type { Component } from './built.ts';
import { Compiler } from './compiler.ts';
import { busFolder, sdkFolder } from './house.ts';
import type { Inputs } from './inputs.ts';
import { type JsonObject, resolveManifests } from './manifest.ts';
import { readProto } from './proto/source.ts';
import { shipped, wrapComponent } from './wrap.ts';

export interface AssembleOptions {
	readonly directory: string;
	/** Its manifest.json. */
	readonly source: JsonObject;
	readonly inputs: Inputs;
	readonly signal: AbortSignal | undefined;
}

const exportsEntry = 'mullion-exports.ts';

/** @throws BuildError, ProtoError */
export async function assemble({ directory, source, inputs, signal }: AssembleOptions): Promise<Component[]> {
	using compiler = new Compiler(signal);
	const { protoFiles, sources } = inputs;
	const { root } = await readProto({ protoFiles, importPaths: [`${directory}/proto`, busFolder] });
	if (inputs.foreign !== undefined) return wrapComponent({ component: inputs.foreign, source, root });
	const resolved = resolveManifests(source, root);
	await writeModuleBindings(directory, protoFiles);
	const { wit, exportNames, importNames } = await writeSdkBindings();
	const pages = Math.max(...resolved.map(({ manifest }) => manifest.budget.memoryPages));
	const { component, map } = await compiler.compile({
		compilation: {
			directory,
			entries: ['assembly/index.ts', exportsEntry],
			sources: new Map([[exportsEntry, 'export * from "mullion/sdk/exports";']]),
			packages: [
				['mullion/sdk', sdkFolder],
				['mullion', sdkFolder],
			],
			exportNames,
			abort: '~lib/mullion/sdk/abort/abort',
			maximumPages: pages,
		},
		wit,
		world: serviceWorld,
		allowedImports: importNames,
		files: sources,
	});
	const { core } = decodeComponent(component);
	return shipped({ component, source, root, map }).map((each) => ({ ...each, coreBytes: core.length }));
}
