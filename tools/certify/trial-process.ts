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
// Node does not wait for what the engine compiles in the background, and would end before it is done.
const awake = setInterval(() => undefined, 1000);
console.log(JSON.stringify(await answer(process.argv.slice(2))));
clearInterval(awake);
