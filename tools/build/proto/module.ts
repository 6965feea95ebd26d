/** Divides a model into one generated module per .proto file, and settles its names and imports. */
import { basename } from 'node:path';
import { ProtoError } from './error.ts';
import type { ProtoEnum, ProtoMessage, ProtoModel } from './model.ts';

export interface FileModule {
	/** The .proto file. */
	readonly path: string;
	/** File name without its ending. */
	readonly name: string;
	readonly messages: readonly ProtoMessage[];
	readonly enums: readonly ProtoEnum[];
	readonly imports: readonly {
		readonly file: string;
		readonly names: readonly { readonly name: string; readonly as: string }[];
	}[];
	/** What a message or enum is called in this module. */
	readonly nameOf: (fullName: string) => string;
}

/** @param taken names that no message or enum may have; such a one gets `_` behind it */
export function modulesOf(model: ProtoModel, taken: ReadonlySet<string>): FileModule[] {
	const byName = new Map<string, string>();
	for (const path of model.files) {
		const name = moduleName(path);
		const other = byName.get(name);
		if (other !== undefined) {
			const what = `${path} and ${other} would both become ${name}.ts`;
			throw new ProtoError('proto-unsupported', `${what}; rename one of them`);
		}
		byName.set(name, path);
	}
	return model.files.map((path) => moduleOf({ path, model, taken }));
}

function moduleName(path: string): string {
	return basename(path, '.proto');
}

function moduleOf({
	path,
	model,
	taken,
}: {
	path: string;
	model: ProtoModel;
	taken: ReadonlySet<string>;
}): FileModule {
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
		const file = moduleName(type.file);
		const name = exported(type.name);
		// The same name from two files: one of them says whose it is.
		const as = used.has(name) ? `${file.replace(/\W/g, '_')}_${name}` : name;
		used.add(as);
		names.set(fullName, as);
		imports.set(file, [...(imports.get(file) ?? []), { name, as }]);
	}
	return {
		path,
		name: moduleName(path),
		messages,
		enums,
		imports: [...imports].map(([file, list]) => ({ file, names: list })),
		nameOf: (fullName) => names.get(fullName) ?? fullName,
	};
}

function referredTypes(message: ProtoMessage): string[] {
	return message.fields.flatMap(({ type }) => (type.kind === 'scalar' ? [] : [type.fullName]));
}
