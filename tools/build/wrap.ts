/** A component of another toolchain and a manifest -> the components that are shipped of it. */
import type protobuf from 'protobufjs';
import { importable } from '../../runtime/capability/imports.ts';
import { customSectionsOf } from '../../runtime/component/decode.ts';
import { ComponentError } from '../../runtime/component/error.ts';
import { manifestOf, needsGlue } from '../../runtime/component/prepare.ts';
import { checkForeign } from '../../runtime/foreign/prepare-foreign.ts';
import { type Manifest, ManifestError } from '../../runtime/module/manifest.ts';
import { BuildError } from './build-error.ts';
import type { Component } from './built.ts';
import type { DebugMap } from './debug-map.ts';
import { declaredTypes, type JsonObject, resolveManifests } from './manifest.ts';
import { schemaOf } from './schema.ts';
import { appendSections } from './section.ts';

export interface WrapOptions {
	readonly component: Uint8Array;
	/** As in manifest.json of a module; a class that is not said is `background`, as its turns cannot be interrupted. */
	readonly source: JsonObject;
	/** Every message that the manifest may name. */
	readonly root: protobuf.Root;
}

/** One component per persona. @throws BuildError */
export function wrapComponent({ component, source, root }: WrapOptions): Component[] {
	if (sectionsOf(component).has('mullion:manifest'))
		throw new BuildError('no-component', 'the component carries a manifest already');
	const components = shipped({
		component,
		source: { priority: 'background', ...source },
		root,
		map: emptyMap,
	});
	for (const { bytes } of components)
		if (needsGlue(bytes, importable())) checkLinkedByGlue(manifestOf(bytes));
	return components;
}

/** What a box would say of it, before it is pushed. */
function checkLinkedByGlue(manifest: Manifest): void {
	try {
		checkForeign(manifest);
	} catch (cause) {
		if (!(cause instanceof ManifestError)) throw cause;
		throw new BuildError('bad-manifest-file', `manifest.json: ${cause.message}`, { cause });
	}
}

/** Where the code of other toolchains comes from is not known here. */
const emptyMap: DebugMap = {
	version: 3,
	sourceRoot: '',
	sources: [],
	sourcesContent: [],
	names: [],
	mappings: '',
	x_mullion_functions: {},
};

export interface ShipOptions extends WrapOptions {
	readonly map: DebugMap;
}

/** The component with manifest and schema inside, for each persona. @throws BuildError */
export function shipped({ component, source, root, map }: ShipOptions): Component[] {
	const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
	return resolveManifests(source, root).map(({ json, manifest }) => ({
		file: `${manifest.name}.wasm`,
		coreBytes: component.length,
		json,
		map: JSON.stringify(map),
		bytes: appendSections(
			component,
			new Map([
				['mullion:manifest', text(json)],
				['mullion:schema', text(schemaOf(root, declaredTypes(manifest)))],
			]),
		),
	}));
}

function sectionsOf(component: Uint8Array): Map<string, Uint8Array> {
	try {
		return customSectionsOf(component);
	} catch (cause) {
		if (!(cause instanceof ComponentError)) throw cause;
		throw new BuildError('no-component', cause.message, { cause });
	}
}
