/** The module that calls guests, from WebAssembly text to something a box can import. */
import { readFile } from 'node:fs/promises';
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';

/** @param file of WebAssembly text */
export async function laneSource(file: string): Promise<string> {
	const binary = new Uint8Array(await parse(await readFile(file, 'utf8')));
	return `/** Assembled from \`lane.wat\`; do not edit. */

const binary = '${binary.toBase64()}';

export function laneModule(): WebAssembly.Module {
	return new WebAssembly.Module(Uint8Array.fromBase64(binary));
}
`;
}
