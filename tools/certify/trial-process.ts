/** A process of its own, for engine flags of its own: `node FLAGS trial-process.ts MODULE RECORDING...`. */
import { readFile } from 'node:fs/promises';
import { tuneEngine } from '../../firmware/hal/engine.ts';
import { failureOf, type TrialAnswer, tryOut } from './trial.ts';

async function answer([module, ...recordings]: readonly string[]): Promise<TrialAnswer> {
	try {
		const files = await Promise.all(recordings.map(async (path) => new Uint8Array(await readFile(path))));
		return await tryOut(new Uint8Array(await readFile(module ?? '')), files);
	} catch (error) {
		return failureOf(error);
	}
}

tuneEngine();
console.log(JSON.stringify(await answer(process.argv.slice(2))));
