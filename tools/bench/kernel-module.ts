/** Compiles what is measured, as `mullion build` compiles services. */
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

/** @param file in `tools/bench/assembly` */
export async function kernelModule(file: string): Promise<Uint8Array<ArrayBuffer>> {
	const source = fileURLToPath(new URL(`assembly/${file}`, import.meta.url));
	const options = [
		'-O2',
		'--runtime',
		'minimal',
		'--exportRuntime',
		'--baseDir',
		'/',
		'--outFile',
		'out.wasm',
	];
	let binary: Uint8Array<ArrayBuffer> | undefined;
	const { error, stderr } = await asc.main([source, ...options], {
		writeFile: (_name: string, contents: Uint8Array | string) => {
			if (typeof contents !== 'string') binary = new Uint8Array(contents);
		},
	});
	if (error !== null || binary === undefined) throw new Error(`${file} does not compile:\n${stderr}`);
	return binary;
}
