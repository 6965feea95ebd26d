/** What another process takes of the machine's memory, once it says that it is ready. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';

export interface Ready {
	/** Resident. */
	readonly megabytes: number;
	/** Of these, what is in no file. Pages of the program come and go with what happens to run: for small differences. */
	readonly ownMegabytes: number;
	/** Its first line. */
	readonly said: string;
}

export async function residentOnceReady(...of: Parameters<typeof onceReady>): Promise<number> {
	return (await onceReady(...of)).megabytes;
}

/** The program of Node, with these arguments, when it has written its first line; then it is ended. */
export async function onceReady(
	nodeArguments: readonly string[],
	environment: Readonly<Record<string, string>> = {},
): Promise<Ready> {
	const env = { ...process.env, ...environment };
	const child = spawn(process.execPath, nodeArguments, { env, stdio: ['ignore', 'pipe', 'inherit'] });
	const exited = once(child, 'exit');
	try {
		const line = once(createInterface(child.stdout), 'line').then(([text]) => String(text));
		const said = await Promise.race([line, exited.then(() => undefined)]);
		if (said === undefined) throw new Error(`${nodeArguments.join(' ')} ended before it was ready`);
		const { Rss = 0, Anonymous = 0 } = await memoryOf(child.pid ?? 0);
		return { megabytes: Rss, ownMegabytes: Anonymous, said };
	} finally {
		child.kill();
		await exited;
	}
}

/** Megabytes by kind, from the kernel. */
export async function memoryOf(pid: number): Promise<Record<string, number>> {
	const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
	const rows = [...text.matchAll(/^(\w+):\s+(\d+) kB$/gm)];
	return Object.fromEntries(rows.map(([, name = '', kilobytes = '0']) => [name, Number(kilobytes) / 1000]));
}
