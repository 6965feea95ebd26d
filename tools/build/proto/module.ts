/** Divides a model into one generated module per .proto file, and settles its names and imports. */
import { basename, dirname, relative } from 'node:path';
import { ProtoError } from './error.ts';
import type { ProtoEnum, ProtoMessage, ProtoModel } from './model.ts';

export interface FileModule {
	/** The .proto file. */
	readonly path: string;
	/** Where it is written to below the folder of all of them, without its ending. */
	readonly place: string;
	readonly messages: readonly ProtoMessage[];
	readonly enums: readonly ProtoEnum[];
	readonly imports: readonly ModuleImport[];
	/** What a message or enum is called in this module. */
	readonly nameOf: (fullName: string) => string;
}

export interface ModuleImport {
	/** Relative, without its ending. */
	readonly from: string;
	readonly names: readonly { readonly name: string; readonly as: string }[];
}

export interface ModuleRequest {
	readonly model: ProtoModel;
	/** The place of the module of a .proto file. */
	readonly placeOf: (path: string) => string;
	/** Names that no message or enum may have; such a one gets `_` behind it. */
	readonly taken: ReadonlySet<string>;
}

/** @throws {ProtoError} `proto-unsupported` for two files that would become one */
export function modulesOf(request: ModuleRequest): FileModule[] {
	const byPlace = new Map<string, string>();
	for (const path of request.model.files) {
		const place = request.placeOf(path);
		const other = byPlace.get(place);
		if (other !== undefined) {
			const what = `${path} and ${other} would both become ${place}.ts`;
			throw new ProtoError('proto-unsupported', `${what}; rename one of them`);
		}
		byPlace.set(place, path);
	}
	return request.model.files.map((path) => moduleOf({ path, ...request }));
}

function moduleOf({ path, model, placeOf, taken }: ModuleRequest & { path: string }): FileModule {
	const place = placeOf(path);
	const messages = [...model.messages.values()].filter(({ file }) => file === path);
	const enums = [...model.enums.values()].filter(({ file }) => file === path);
	const exported = (name: string) => (taken.has(name) ? `${name}_` : name);
	const names = new Map([...messages, ...enums].map(({ fullName, name }) => [fullName, exported(name)]));
	const used = new Set(names.values());

	const imports = new Map<string, { name: string; as: string }[]>();
	for (const fullName of messages.flatMap(referredTypes)) {
		if (names.has(fullName)) continue;
		const type = model.messages.get(fullName) ?? model.enums.get(fullName);
		if (type === undefined)
			throw new ProtoError('proto-not-found', `${path} refers to ${fullName}, which is nowhere`);
		const name = exported(type.name);
		// The same name from two files: one of them says whose it is.
		const as = used.has(name) ? `${basename(type.file, '.proto').replace(/\W/g, '_')}_${name}` : name;
		used.add(as);
		names.set(fullName, as);
		const to = relative(dirname(place), placeOf(type.file));
		const from = to.startsWith('.') ? to : `./${to}`;
		imports.set(from, [...(imports.get(from) ?? []), { name, as }]);
	}
	return {
		path,
		place,
		messages,
		enums,
		imports: [...imports].map(([from, list]) => ({ from, names: list })),
		nameOf: (fullName) => names.get(fullName) ?? fullName,
	};
}

function referredTypes(message: ProtoMessage): string[] {
	return message.fields.flatMap(({ type }) => (type.kind === 'scalar' ? [] : [type.fullName]));
}
