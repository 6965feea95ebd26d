/** A program that is killed at a random moment, as by a power cut: what it said before that is known. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { compiledCode } from '../compiled-code.ts';

export interface ProcessOptions {
	/** A TypeScript file that Node runs; it says on its standard output, a line each, what it has done. */
	readonly program: string;
	readonly args: readonly string[];
}

export interface KilledProcessOptions extends ProcessOptions {
	/** The line from which on it is killed: default its first. */
	readonly from?: string;
	/** So many lines later. Default 0. */
	readonly lines?: number;
	/** So many milliseconds after that. */
	readonly afterMs: number;
}

interface Ending {
	readonly said: string[];
	readonly ended: number | NodeJS.Signals | null;
}

/**
 * Runs the program until it is killed with SIGKILL and returns its whole lines. What it wrote to its
 * standard error goes to ours.
 *
 * @throws Error when it ends by itself before
 */
export async function killAfter(options: KilledProcessOptions): Promise<string[]> {
	const { said, ended } = await kill(options);
	if (ended !== 'SIGKILL') throw new Error(`${options.program} ended with ${ended} before it was killed`);
	return said;
}

/** The same for a program that may be done before it is killed. @throws Error when it ends badly */
export async function killOrEnd(
	options: KilledProcessOptions,
): Promise<{ said: string[]; isKilled: boolean }> {
	const { said, ended } = await kill(options);
	if (ended !== 'SIGKILL' && ended !== 0) throw new Error(`${options.program} ended with ${ended}`);
	return { said, isKilled: ended === 'SIGKILL' };
}

async function kill({ from, lines = 0, afterMs, ...run }: KilledProcessOptions): Promise<Ending> {
	let left: number | undefined;
	return listen(run, (child, line) => {
		if (left !== undefined) left--;
		else if (from === undefined || line === from) left = lines;
		if (left === 0) setTimeout(() => child.kill('SIGKILL'), afterMs);
	});
}

/** Runs the program until it ends by itself and returns its lines. @throws Error when it ends badly */
export async function runToEnd(run: ProcessOptions): Promise<string[]> {
	const { said, ended } = await listen(run, () => undefined);
	if (ended !== 0) throw new Error(`${run.program} ended with ${ended}`);
	return said;
}

async function listen(
	{ program, args }: ProcessOptions,
	onLine: (child: ChildProcess, line: string) => void,
): Promise<Ending> {
	const child = spawn(process.execPath, [program, ...args], {
		stdio: ['ignore', 'pipe', 'inherit'],
		env: { ...process.env, NODE_COMPILE_CACHE: compiledCode },
	});
	const exit = once(child, 'exit');
	const said: string[] = [];
	for await (const line of createInterface({ input: child.stdout })) {
		said.push(line);
		onLine(child, line);
	}
	const [code, signal] = (await exit) as [number | null, NodeJS.Signals | null];
	return { said, ended: signal ?? code };
}
