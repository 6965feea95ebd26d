/** The call of `jco-transpile` that makes glue as the generic linker takes it. */
import type { Glue } from '../../runtime/foreign/glue.ts';

export async function transpile(component: Uint8Array): Promise<Glue> {
	// An image may do without it: then this call fails, and nothing else.
	const { transpileBytes } = await import('@bytecodealliance/jco-transpile');
	const { files, imports, exports } = await transpileBytes(component, {
		name: 'foreign',
		instantiation: 'sync',
		noComponentErrorWrapping: false,
		emitTypescriptDeclarations: false,
		nodejsCompat: false,
		// Core modules as files, never inside the source.
		base64Cutoff: 0,
	});
	const entries = Object.entries(files);
	return {
		source: new TextDecoder().decode(entries.find(([name]) => name.endsWith('.js'))?.[1]),
		cores: new Map(entries.filter(([name]) => name.endsWith('.wasm'))),
		imports,
		exports: exports.map(([name]) => name),
	};
}
