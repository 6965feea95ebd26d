/** What another process takes of the machine's memory, once it says that it is ready. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';

/** Megabytes resident when the program of Node, with these arguments, has written its first line; then it is ended. */
export async function residentOnceReady(
	nodeArguments: readonly string[],
	environment: Readonly<Record<string, string>> = {},
): Promise<number> {
	const env = { ...process.env, ...environment };
	const child = spawn(process.execPath, nodeArguments, { env, stdio: ['ignore', 'pipe', 'inherit'] });
	const exited = once(child, 'exit');
	try {
		const isReady = once(child.stdout, 'data').then(() => true);
		if (!(await Promise.race([isReady, exited.then(() => false)])))
			throw new Error(`${nodeArguments.join(' ')} ended before it was ready`);
		return (await memoryOf(child.pid ?? 0))['Rss'] ?? 0;
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
