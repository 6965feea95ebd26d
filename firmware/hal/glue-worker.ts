/** Makes glue for one component on a thread of its own, and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { transpileBytes } from '@bytecodealliance/jco-transpile';

const { files, imports, exports } = await transpileBytes(workerData.component, {
	name: 'foreign',
	instantiation: 'sync',
	noComponentErrorWrapping: false,
	emitTypescriptDeclarations: false,
	nodejsCompat: false,
	// Core modules as files, never inside the source.
	base64Cutoff: 0,
});
const entries = Object.entries(files);
parentPort?.postMessage({
	source: new TextDecoder().decode(entries.find(([name]) => name.endsWith('.js'))?.[1]),
	cores: new Map(entries.filter(([name]) => name.endsWith('.wasm'))),
	imports,
	exports: exports.map(([name]) => name),
});
