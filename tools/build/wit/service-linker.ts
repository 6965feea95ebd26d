/** The direct linker of the world that every service implements, from the contract in `proto/wit`. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateHost } from './host/generate.ts';
import { parseWit } from './parse.ts';

export async function serviceLinker(witDirectory: string): Promise<string> {
	const text = await readFile(join(witDirectory, 'service.wit'), 'utf8');
	return generateHost({ package: parseWit(text, 'service.wit'), world: 'service', supportFolder: '..' });
}
