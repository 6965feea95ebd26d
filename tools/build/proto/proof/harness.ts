/** Compiles generated AssemblyScript codecs to a plain core module, so that tests can run them. */
import { readFile } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import asc from 'assemblyscript/asc';
import { moduleName, protoBindings } from '../assemblyscript.ts';
import { modelOf, type ProtoModel } from '../model.ts';
import { modulesOf } from '../module.ts';
import { readProto } from '../source.ts';

const sdk = resolve(import.meta.dirname, '../../../../modules/sdk/assembly');
const guestHarness = resolve(import.meta.dirname, '../assembly/harness.ts');

export interface CodecHarness {
	readonly model: ProtoModel;
	/** Decodes and encodes again; null when the codec says that the bytes are malformed. */
	recode(fullName: string, bytes: Uint8Array): Uint8Array | null;
	/** Calls an export of an extra source that answers with bytes. */
	build(name: string): Uint8Array;
	readonly memory: WebAssembly.Memory;
}

/** @param sources more AssemblyScript files, whose exports `build` can call; they import `./<file>` */
export async function compileCodecs({
	protoFiles,
	importPaths,
	sources = [],
}: {
	protoFiles: readonly string[];
	importPaths: readonly string[];
	sources?: readonly string[];
}): Promise<CodecHarness> {
	const request = { protoFiles, importPaths };
	const model = modelOf(await readProto(request));
	const files = new Map<string, string>();
	for (const [name, text] of await protoBindings(request)) files.set(`bus/${name}`, text);
	for (const path of [guestHarness, ...sources]) {
		files.set(`bus/${basename(path)}`, await readFile(path, 'utf8'));
	}
	const names = [...model.messages.keys()];
	files.set('entry.ts', entryOf(model, sources));

	const { exports } = await instantiate(await compile(files));
	const memory = exports['memory'] as WebAssembly.Memory;
	const call = (name: string, ...values: number[]) =>
		(exports[name] as (...values: number[]) => number)(...values);
	const answer = (length: number) => new Uint8Array(memory.buffer, call('answerAt') >>> 0, length).slice();
	let calls = 0;
	return {
		model,
		memory,
		recode(fullName, bytes) {
			// As the platform does: garbage is collected between calls and never within one.
			if (++calls % 64 === 0) call('__collect');
			const address = call('prepare', bytes.length) >>> 0;
			new Uint8Array(memory.buffer, address, bytes.length).set(bytes);
			const length = call(`recode${names.indexOf(fullName)}`);
			return length < 0 ? null : answer(length);
		},
		build: (name) => answer(call(name)),
	};
}

/** One export per message, by its place in the model. */
function entryOf(model: ProtoModel, sources: readonly string[]): string {
	const lines = [
		'import { given, answer } from "./bus/harness";',
		'export { prepare, answerAt } from "./bus/harness";',
	];
	const indexOf = [...model.messages.keys()];
	for (const module of modulesOf({ model, placeOf: moduleName, taken: new Set(['Map']) })) {
		for (const message of module.messages) {
			const index = indexOf.indexOf(message.fullName);
			lines.push(
				`import { ${module.nameOf(message.fullName)} as Type${index} } from "./bus/${module.place}";`,
				`export function recode${index}(): i32 {`,
				`\tconst message = Type${index}.decode(given());`,
				'\treturn message === null ? -1 : answer(message.encode());',
				'}',
			);
		}
	}
	for (const path of sources) lines.push(`export * from "./bus/${basename(path, '.ts')}";`);
	return lines.join('\n');
}

async function compile(files: ReadonlyMap<string, string>): Promise<Uint8Array<ArrayBuffer>> {
	let binary: Uint8Array<ArrayBuffer> | undefined;
	const { error, stderr } = await asc.main(
		['entry.ts', '--outFile', 'out.wasm', '-O3', '--runtime', 'minimal', '--exportRuntime'],
		{
			async readFile(name) {
				const path = relative('.', name);
				const inSdk = /(?:^|\/)mullion\/(.*)$/.exec(path)?.[1];
				if (inSdk !== undefined) return readFile(join(sdk, inSdk), 'utf8').catch(() => null);
				return files.get(path) ?? null;
			},
			writeFile(_, contents) {
				if (typeof contents !== 'string') binary = new Uint8Array(contents);
			},
			listFiles: () => null,
		},
	);
	if (binary === undefined)
		throw new Error(`AssemblyScript does not compile:\n${stderr.toString()}`, { cause: error });
	return binary;
}

async function instantiate(binary: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Instance> {
	const abort = () => {
		throw new Error('the guest aborted');
	};
	return (await WebAssembly.instantiate(binary, { env: { abort } })).instance;
}
