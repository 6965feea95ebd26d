/** A module in WebAssembly text as a TypeScript file that holds its bytes. */
import { readFile } from 'node:fs/promises';
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';

/** @param name of the constant that the file exports */
export async function textModule(path: string, name: string): Promise<string> {
	const bytes = new Uint8Array(await parse(await readFile(path, 'utf8')));
	const file = path.split('/').at(-1);
	return `/** The module of \`${file}\` in base64, generated from it; do not edit. */\nexport const ${name} =\n\t'${bytes.toBase64()}';\n`;
}
