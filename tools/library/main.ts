/** `npm run library`: the firmware as an npm package, in `dist/library`. */
import { rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { codeOf } from '../../runtime/error.ts';
import { exitCodeOf } from '../cli/exit-code.ts';
import { scriptArguments } from '../script-arguments.ts';
import { buildLibrary } from './build-library.ts';

const { values } = scriptArguments({ options: { help: { type: 'boolean', default: false } } });
if (values.help) {
	console.log(`usage: npm run library

The firmware as an npm package, in dist/library: npm pack makes one file of it, npm install takes the folder.`);
	process.exit(0);
}

const out = resolve('dist/library');
const fresh = `${out}.new`;
try {
	await rm(fresh, { recursive: true, force: true });
	const { name, version } = await buildLibrary(fresh);
	await rm(out, { recursive: true, force: true });
	await rename(fresh, out);
	console.log(`${name} ${version}: ${out}`);
} catch (error) {
	console.error(`${codeOf(error)}: ${error instanceof Error ? error.message : error}`);
	process.exit(exitCodeOf(error));
}
