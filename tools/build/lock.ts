/** Lets one build at a time work in a folder, across processes. */
import { open, readFile, rm, stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { isRunning } from '../../firmware/hal/process-number.ts';

/** No build takes so long; what is older was left by one that died. */
const staleMs = 120_000;
const lookAgainMs = 50;

/** Waits for its turn, does the work and lets the next one in. */
export async function withLock<Result>(
	path: string,
	work: () => Promise<Result>,
	signal: AbortSignal = new AbortController().signal,
): Promise<Result> {
	while (!(await take(path))) {
		if (await isStale(path)) await rm(path, { force: true });
		else await setTimeout(lookAgainMs, undefined, { signal });
	}
	try {
		return await work();
	} finally {
		await rm(path, { force: true });
	}
}

async function take(path: string): Promise<boolean> {
	try {
		const file = await open(path, 'wx');
		await file.writeFile(`${process.pid}`);
		await file.close();
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
		throw error;
	}
}

async function isStale(path: string): Promise<boolean> {
	const holder = Number(await readFile(path, 'utf8').catch(() => ''));
	const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
	if (Date.now() - mtimeMs > staleMs) return true;
	// An empty file is one whose holder is just about to write its number.
	return Number.isInteger(holder) && holder !== 0 && !isRunning(holder);
}
