/** A program that is killed at a random moment, as by a power cut: what it said before that is known. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

export interface KilledProcessOptions {
	/** A TypeScript file that Node runs; it says on its standard output, a line each, what it has done. */
	readonly program: string;
	readonly args: readonly string[];
	/** How long after its first line it is killed. */
	readonly afterMs: number;
}

/**
 * Runs the program until it is killed with SIGKILL and returns its whole lines. What it wrote to its
 * standard error goes to ours.
 *
 * @throws Error when it ends by itself before
 */
export async function killAfter({ program, args, afterMs }: KilledProcessOptions): Promise<string[]> {
	const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
	const ended = once(child, 'exit');
	const said: string[] = [];
	for await (const line of createInterface({ input: child.stdout })) {
		if (said.length === 0) void delay(afterMs).then(() => child.kill('SIGKILL'));
		said.push(line);
	}
	const [code, signal] = await ended;
	if (signal !== 'SIGKILL') throw new Error(`${program} ended with ${code ?? signal} before it was killed`);
	return said;
}
