/** Names that say which process they belong to, so that what a dead one left behind can be told and removed. */
import { readdir, readFile } from 'node:fs/promises';

/** `mullion-box-<pid>-<start of the process in clock ticks>-<n-th of it>`; pids come again, pairs with starts do not. */
const pattern = /^mullion-(?:box|core)-(\d+)-(\d+)-\d+$/;
let runs = 0;

/** The names of a new rig's two namespaces. */
export async function newRunNames(): Promise<{ readonly box: string; readonly core: string }> {
	const suffix = `${process.pid}-${await startOf(process.pid)}-${runs++}`;
	return { box: `mullion-box-${suffix}`, core: `mullion-core-${suffix}` };
}

/** The namespaces of rigs whose process is gone. */
export async function staleNamespaces(folder = '/run/netns'): Promise<string[]> {
	const names = await readdir(folder).catch(() => []);
	const stale: string[] = [];
	for (const name of names) {
		const [, pid, start] = pattern.exec(name) ?? [];
		if (pid !== undefined && (await startOf(Number(pid))) !== start) stale.push(name);
	}
	return stale;
}

/** When a process started, in clock ticks since boot; undefined once it is gone. */
async function startOf(pid: number): Promise<string | undefined> {
	const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
	// proc(5): field 22; the second field is in parentheses and may itself hold blanks and parentheses.
	return line.slice(line.lastIndexOf(')') + 2).split(' ')[19];
}
