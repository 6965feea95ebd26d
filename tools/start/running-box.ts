/** Whether the box of a folder runs: who starts another one there would take its state from under it. */
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/**
 * Found by its command line, so that one that was started by hand is found too.
 *
 * @param directory of the box: it has its `box.json`
 * @returns the number of its process
 */
export async function runningBox(directory: string): Promise<number | undefined> {
	const processes = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
	const isBox = await Promise.all(processes.map((pid) => isRunningBy(pid, join(directory, 'box.json'))));
	const [pid] = processes.filter((_, index) => isBox[index]);
	return pid === undefined ? undefined : Number(pid);
}

/** False of a process that is gone, or somebody else's. */
async function isRunningBy(pid: string, config: string): Promise<boolean> {
	try {
		const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
		const path = words[words.indexOf('--config') + 1];
		if (path === undefined || !words.some((word) => word.endsWith('firmware/main.ts'))) return false;
		return resolve(await readlink(`/proc/${pid}/cwd`), path) === config;
	} catch {
		return false;
	}
}
