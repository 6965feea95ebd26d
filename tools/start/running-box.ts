/** Whether the box of a folder runs: who starts another one there would take its state from under it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** @param directory of the box: `pid` and `box.json`; @returns the number of its process */
export async function runningBox(directory: string): Promise<number | undefined> {
	const pid = Number(await readFile(join(directory, 'pid'), 'utf8').catch(() => 'none'));
	if (!Number.isInteger(pid)) return undefined;
	// The number may be another process's by now; of who is gone there is no command line.
	const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
	return words.includes(join(directory, 'box.json')) ? pid : undefined;
}
