/** Compiles the pure parts of the player for its tests, without SDK, component or host. */
import asc from 'assemblyscript/asc';

export interface Harness {
	readonly memory: WebAssembly.Memory;
	readonly call: (name: string, ...args: (number | bigint)[]) => number;
	readonly callWide: (name: string, ...args: (number | bigint)[]) => bigint;
	/** Leaves bytes where the next call finds them. */
	readonly give: (bytes: Uint8Array) => void;
}

let compiled: Promise<WebAssembly.Module> | undefined;

export async function startHarness(): Promise<Harness> {
	compiled ??= compile();
	const instance = new WebAssembly.Instance(await compiled, {
		env: {
			abort: () => {
				throw new Error('the harness aborted');
			},
		},
	});
	const call = (name: string, ...args: (number | bigint)[]): unknown =>
		(instance.exports[name] as (...args: (number | bigint)[]) => unknown)(...args);
	const memory = instance.exports['memory'] as WebAssembly.Memory;
	return {
		memory,
		call: (name, ...args) => Number(call(name, ...args)),
		callWide: (name, ...args) => BigInt.asUintN(64, call(name, ...args) as bigint),
		give: (bytes) => {
			call('__collect');
			const at = call('input', bytes.length) as number;
			new Uint8Array(memory.buffer, at >>> 0, bytes.length).set(bytes);
		},
	};
}

async function compile(): Promise<WebAssembly.Module> {
	const source = `${import.meta.dirname}/assembly/harness.ts`;
	let binary: Uint8Array | undefined;
	const stderr = asc.createMemoryStream();
	const { error } = await asc.main(
		[source, '-O2', '--runtime', 'minimal', '--exportRuntime', '--baseDir', '/', '--outFile', 'harness.wasm'],
		{
			stderr,
			writeFile: (_name: string, contents: Uint8Array | string) => {
				if (typeof contents !== 'string') binary = contents;
			},
		},
	);
	if (error !== null || binary === undefined) throw new Error(`the harness does not compile:\n${stderr}`);
	return WebAssembly.compile(new Uint8Array(binary));
}
