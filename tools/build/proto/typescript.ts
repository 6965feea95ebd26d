/** Writes TypeScript interfaces and codecs for the host: one file per .proto file, with its schema inside. */
import { glob } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import {
	modelOf,
	type ProtoEnum,
	type ProtoField,
	type ProtoMessage,
	type ProtoType,
	type Scalar,
} from './model.ts';
import { type FileModule, modulesOf } from './module.ts';
import { reducedSchema } from './schema.ts';
import { readProto } from './source.ts';
import { block, documentation, indent } from './text.ts';

export interface HostRequest {
	/** Every .proto file in it and below is taken; imports are looked up in it. */
	readonly protoDirectory: string;
}

/**
 * Path -> TypeScript, `<folder>/<file>.ts` for `<folder>/<file>.proto`, to go beside `codec.ts`.
 *
 * @throws {ProtoError} when a file does not parse or has no binding
 */
export async function hostCodecs({ protoDirectory }: HostRequest): Promise<Map<string, string>> {
	const protoFiles: string[] = [];
	for await (const path of glob('**/*.proto', { cwd: protoDirectory }))
		protoFiles.push(join(protoDirectory, path));
	const source = await readProto({ protoFiles: protoFiles.sort(), importPaths: [protoDirectory] });
	// A well-known type has a name and no path.
	const placeOf = (path: string) =>
		(isAbsolute(path) ? relative(protoDirectory, path) : path).replace(/\.proto$/, '');
	const modules = modulesOf({
		model: modelOf(source),
		placeOf,
		taken: new Set(['Codec', 'codecsOf', 'Uint8Array']),
	});
	return new Map(modules.map((module) => [`${module.place}.ts`, typeScriptOf(module, schemaTextOf(module))]));

	function schemaTextOf(module: FileModule): string {
		return JSON.stringify(
			reducedSchema(
				source.root,
				module.messages.map(({ fullName }) => fullName),
			),
		);
	}
}

function typeScriptOf(module: FileModule, schemaText: string): string {
	const declarations = [
		...module.enums.map((type) => enumDeclaration(type, module.nameOf(type.fullName))),
		...module.messages.map((message) => messageInterface(message, module.nameOf)),
	].flatMap((lines) => ['', ...lines]);
	const toRoot = '../'.repeat(module.place.split('/').length - 1) || './';
	const codecs = module.messages.map(({ fullName }) => {
		const name = module.nameOf(fullName);
		return `export const ${name}: Codec<${name}> = codec('${fullName}');`;
	});
	return [
		`/** Written by \`npm run generate\` from ${module.place}.proto; do not edit. */`,
		'// biome-ignore-all format: generated',
		'// biome-ignore-all lint/suspicious/noShadowRestrictedNames: the names are those of the contract',
		...(codecs.length === 0 ? [] : [`import { type Codec, codecsOf } from '${toRoot}codec.ts';`]),
		...module.imports.map(({ from, names }) => {
			const list = names.map(({ name, as }) => (name === as ? name : `${name} as ${as}`));
			return `import type { ${list.join(', ')} } from '${from}.ts';`;
		}),
		indent(declarations),
		...(codecs.length === 0 ? [] : ['', `const codec = codecsOf(${quoted(schemaText)});`, '', ...codecs]),
		'',
	].join('\n');
}

function messageInterface(message: ProtoMessage, nameOf: (fullName: string) => string): string[] {
	const oneofs = message.oneofs.flatMap((oneof) => {
		const members = message.fields.filter((field) => field.oneof === oneof);
		return [
			`/** Which one of its members is set. */`,
			`${oneof}?: ${members.map(({ name }) => `'${name}'`).join(' | ')};`,
		];
	});
	const fields = message.fields.flatMap((field) => [...documentation(field.comment), member(field, nameOf)]);
	const name = nameOf(message.fullName);
	if (message.fields.length === 0) {
		return [...documentation(message.comment), `export type ${name} = { [name: string]: never };`];
	}
	return [...documentation(message.comment), ...block(`export interface ${name}`, [...oneofs, ...fields])];
}

function member(field: ProtoField, nameOf: (fullName: string) => string): string {
	const type = hostType(field.type, nameOf);
	switch (field.shape) {
		case 'repeated':
			return `${field.name}: ${type}[];`;
		case 'map':
			return `${field.name}: { [key: string]: ${type} };`;
		case 'plain':
			return field.type.kind === 'message' ? `${field.name}?: ${type};` : `${field.name}: ${type};`;
		default:
			return `${field.name}?: ${type};`;
	}
}

function hostType(type: ProtoType, nameOf: (fullName: string) => string): string {
	return type.kind === 'scalar' ? scalarType(type.scalar) : nameOf(type.fullName);
}

function scalarType(scalar: Scalar): string {
	if (scalar === 'bytes') return 'Uint8Array';
	if (scalar === 'bool') return 'boolean';
	return scalar === 'string' ? 'string' : 'number';
}

/** An enum of proto3 is open, so that its type is no more than a number. */
function enumDeclaration(type: ProtoEnum, name: string): string[] {
	const values = type.values.flatMap((value) => [
		...documentation(value.comment),
		`${value.name}: ${value.number},`,
	]);
	const [head, ...rest] = block(`export const ${name} =`, values);
	return [
		...documentation(type.comment),
		head ?? '',
		...rest.slice(0, -1),
		'} as const;',
		`export type ${name} = number;`,
	];
}

function quoted(text: string): string {
	return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
