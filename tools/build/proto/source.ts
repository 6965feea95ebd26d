/** Reads .proto files and everything they import into one protobufjs root. */
import { access, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import protobuf from 'protobufjs';
import { ProtoError } from './error.ts';

export interface ProtoRequest {
	/** Files to read, as paths. */
	readonly protoFiles: readonly string[];
	/** Folders that an `import` is looked up in, in order. */
	readonly importPaths: readonly string[];
}

export interface ProtoSource {
	readonly root: protobuf.Root;
	/** Absolute paths of all files read, those asked for first; `google/protobuf/*.proto` by that name. */
	readonly paths: readonly string[];
	/** Files whose every message keeps its unknown fields. */
	readonly keepingUnknown: ReadonlySet<string>;
}

/** The rule, as a comment on a message or above the `syntax` line of a file. */
export const keepUnknownMark = 'mullion:keep-unknown';

/** @throws {ProtoError} `proto-not-found`, `proto-syntax`, `proto-unsupported` */
export async function readProto({ protoFiles, importPaths }: ProtoRequest): Promise<ProtoSource> {
	const root = new protobuf.Root();
	const keepingUnknown = new Set<string>();
	const paths = new Set(protoFiles.map((file) => resolve(file)));

	// A set grows while it is walked: imports are appended and read in turn.
	for (const path of paths) {
		const wellKnown = protobuf.common.get(path);
		if (wellKnown !== null) {
			addWellKnown(root, path, wellKnown);
			continue;
		}
		const text = await readFile(path, 'utf8').catch((cause: unknown) => {
			throw new ProtoError('proto-not-found', `Cannot read ${path}: ${String(cause)}`, { cause });
		});
		const header = text.slice(0, Math.max(0, text.search(/^\s*syntax\b/m)));
		if (header.includes(keepUnknownMark)) keepingUnknown.add(path);
		for (const name of parseInto({ root, path, text }))
			paths.add(await findImport({ name, path, importPaths }));
	}

	try {
		root.resolveAll();
	} catch (cause) {
		const { message } = cause as Error;
		throw new ProtoError('proto-syntax', unresolved(root) ?? `${protoFiles.join(', ')}: ${message}`, {
			cause,
		});
	}
	return { root, paths: [...paths], keepingUnknown };
}

function parseInto({ root, path, text }: { root: protobuf.Root; path: string; text: string }): string[] {
	// Comments may hold anything, so that the line is looked for without them.
	const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
	if (!/^\s*syntax\s*=\s*["']proto3["']/.test(code)) {
		throw new ProtoError(
			'proto-unsupported',
			`${path} does not begin with syntax = "proto3"; only proto3 has bindings`,
		);
	}
	try {
		(protobuf.parse as unknown as { filename: string | null }).filename = path;
		const parsed = protobuf.parse(text, root, { alternateCommentMode: true });
		return [...(parsed.imports ?? []), ...(parsed.weakImports ?? [])];
	} catch (cause) {
		throw new ProtoError('proto-syntax', placed(path, cause as Error), { cause });
	}
}

/** The place first, as compilers write it. protobufjs has it at the end, and for the end of a file the token `null`. */
function placed(path: string, { message }: Error): string {
	const [, what = message, line] = /^(.*?)(?: 'null')? \((?:.*, )?line (\d+)\)$/.exec(message) ?? [];
	return line === undefined ? `${path}: ${what}` : `${path}:${line}: ${what}`;
}

/** Which field is of a type that is nowhere, if one is: protobufjs names neither file nor field. */
function unresolved(root: protobuf.Root): string | undefined {
	for (const type of typesIn(root)) {
		if (type instanceof protobuf.Enum) continue;
		for (const { name, type: wanted } of type.fieldsArray) {
			const isKnown =
				Object.hasOwn(protobuf.types.basic, wanted) ||
				type.lookup(wanted, [protobuf.Type, protobuf.Enum]) !== null;
			if (!isKnown)
				return `${type.filename}: ${type.name}.${name} is of the type "${wanted}", which no file declares`;
		}
	}
	return undefined;
}

async function findImport({
	name,
	path,
	importPaths,
}: {
	name: string;
	path: string;
	importPaths: readonly string[];
}): Promise<string> {
	if (protobuf.common.get(name) !== null) return name;
	for (const folder of importPaths) {
		const candidate = resolve(join(folder, name));
		const exists = await access(candidate).then(
			() => true,
			() => false,
		);
		if (exists) return candidate;
	}
	throw new ProtoError(
		'proto-not-found',
		`${path} imports "${name}", which is in none of: ${importPaths.join(', ')}`,
	);
}

function addWellKnown(root: protobuf.Root, name: string, json: protobuf.INamespace): void {
	const before = new Set(typesIn(root));
	root.addJSON(json.nested ?? {});
	for (const type of typesIn(root)) if (!before.has(type)) type.filename = name;
}

/** All messages and enums, nested ones behind those that hold them. */
export function typesIn(within: protobuf.NamespaceBase): (protobuf.Type | protobuf.Enum)[] {
	return within.nestedArray.flatMap((object) => {
		if (object instanceof protobuf.Enum) return [object];
		if (object instanceof protobuf.Type) return [object, ...typesIn(object)];
		return object instanceof protobuf.Namespace ? typesIn(object) : [];
	});
}
