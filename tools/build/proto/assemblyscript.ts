/** Writes AssemblyScript classes for the messages of .proto files. */
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { makeFolder } from '../../../firmware/hal/make-folder.ts';
import { enumDeclaration, messageClass } from './assemblyscript/message.ts';
import { modelOf } from './model.ts';
import { type FileModule, modulesOf } from './module.ts';
import { type ProtoRequest, readProto } from './source.ts';
import { indent } from './text.ts';

export interface BindingRequest extends ProtoRequest {
	/** Folder that one `<basename>.ts` is written to for every file, imported ones included. */
	readonly outDirectory: string;
}

// Of AssemblyScript, and of what generated files import.
const taken = new Set(
	(
		'Array ArrayBuffer Atomics bool Boolean DataView Date Error f32 f64 Float32Array Float64Array Function ' +
		'i8 i16 i32 i64 Int8Array Int16Array Int32Array Int64Array isize JSON Map Math Number Object Promise Reader ' +
		'RegExp Set StaticArray String Symbol u8 u16 u32 u64 Uint8Array Uint16Array Uint32Array Uint64Array usize Writer'
	).split(' '),
);

const runtimeNames = [
	'Reader',
	'Writer',
	'bytesSize',
	'doubleBits',
	'floatBits',
	'noBytes',
	'packedSize',
	'packedZigzagSize',
	'stringSize',
	'unknownSize',
	'varintSize',
	'zigzag32',
	'zigzag64',
];

/**
 * One class per message, `Outer_Inner` for a message or enum within a message:
 * - `static decode(bytes): T | null`, null for malformed bytes; `encode(): Uint8Array`; `static of(...)`
 *   with the fields that have no presence, in number order;
 * - fields in camelCase with proto3 defaults, `_` behind a word of AssemblyScript; sub-messages `T | null`;
 * - `optional x`: `hasX` beside `x`; setting `x` sets it, and setting `hasX` to false takes it back;
 * - `oneof a`: `aCase`, one of the enum `Message_ACase` (`None`, or the member); setting a member sets it,
 *   and a member that is not the one reads as unset;
 * - enums are open: a number without a name is kept;
 * - unknown fields are dropped, or written again behind the known ones where `mullion:keep-unknown` stands
 *   in the comment on the message or above the `syntax` line of its file.
 *
 * @throws {ProtoError} when a file cannot be read, does not parse, or has no binding
 */
export async function generateProtoBindings({ outDirectory, ...request }: BindingRequest): Promise<void> {
	await makeFolder(outDirectory);
	for (const [name, text] of await protoBindings(request)) await writeFile(join(outDirectory, name), text);
}

/** The same as text: file name -> AssemblyScript. */
export async function protoBindings(request: ProtoRequest): Promise<Map<string, string>> {
	const model = modelOf(await readProto(request));
	return new Map(
		modulesOf({ model, placeOf: moduleName, taken }).map((module) => [
			`${module.place}.ts`,
			assemblyScriptOf(module),
		]),
	);
}

/** Every file of a service is in one folder. */
export const moduleName = (path: string): string => basename(path, '.proto');

function assemblyScriptOf(module: FileModule): string {
	const declarations = [
		...module.enums.map((type) => enumDeclaration(type, module.nameOf(type.fullName))),
		...module.messages.map((message) => messageClass(message, module.nameOf)),
	].flatMap((lines) => ['', ...lines]);
	const body = indent(declarations);
	const used = runtimeNames.filter((name) => new RegExp(`\\b${name}\\b`).test(body));
	const imports = [
		...(used.length === 0 ? [] : [`import { ${used.join(', ')} } from "mullion/protobuf";`]),
		...module.imports.map(({ from, names }) => {
			const list = names.map(({ name, as }) => (name === as ? name : `${name} as ${as}`));
			return `import { ${list.join(', ')} } from "${from}";`;
		}),
	];
	return [
		`/** Written by \`mullion build\` from ${basename(module.path)}; do not edit. */`,
		...imports,
		body,
		'',
	].join('\n');
}
