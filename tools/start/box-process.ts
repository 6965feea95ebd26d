/** A box as a process of its own, as it is on hardware: started, watched, killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { BoxConfig } from '../../firmware/config.ts';
import { boxEnvironment } from '../../firmware/environment.ts';
import { makeFolder } from '../../firmware/hal/make-folder.ts';
import type { OwnImage } from '../../firmware/own-image.ts';
import { CodedError } from '../../runtime/error.ts';
import { compiledCode } from '../compiled-code.ts';

export const boxProcessErrors = {
	'box-died': 'The process of the box ended by itself; its last lines say why.',
} as const;

export class BoxProcessError extends CodedError<keyof typeof boxProcessErrors> {
	override readonly name = 'BoxProcessError';
}

export interface BoxProcessOptions {
	/** The configuration is written here: `box.json`; and, while the process runs, its number: `pid`. */
	readonly directory: string;
	readonly config: BoxConfig;
	/** What the box believes to run from. */
	readonly image?: OwnImage;
	/** What runs the firmware; default this Node. A namespace puts `ip netns exec` before it. */
	readonly command?: readonly string[];
	/** Each line the box says. */
	readonly onLine?: (line: string) => void;
}

const firmware = fileURLToPath(new URL('../../firmware/main.ts', import.meta.url));
const rememberedLines = 20;

/** How it ended: by itself with a code, or by a signal. */
export type BoxEnd = readonly [code: number | null, signal: NodeJS.Signals | null];

export class BoxProcess implements AsyncDisposable {
	/** Arguments of Node that start this box again. */
	readonly args: readonly string[];
	readonly #child: ChildProcess;
	readonly #last: string[] = [];
	readonly #exited: Promise<BoxEnd>;

	private constructor(child: ChildProcess, args: readonly string[], onLine: (line: string) => void) {
		this.#child = child;
		this.args = args;
		this.#exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
		// Without whom it was started for, nobody would ever stop it.
		const kill = (): boolean => child.kill('SIGKILL');
		process.once('exit', kill);
		child.once('exit', () => process.off('exit', kill));
		for (const stream of [child.stdout, child.stderr]) {
			if (stream === null) continue;
			createInterface(stream).on('line', (line) => {
				this.#last.push(line);
				if (this.#last.length > rememberedLines) this.#last.shift();
				onLine(line);
			});
		}
	}

	/** Resolves when the firmware is up; whether it has reached its broker is for the operator to see. */
	static async start({
		directory,
		config,
		image,
		command = [process.execPath],
		onLine = () => undefined,
	}: BoxProcessOptions): Promise<BoxProcess> {
		await makeFolder(directory);
		if (config.sink !== undefined) await makeFolder(config.sink);
		const file = join(directory, 'box.json');
		await writeFile(file, JSON.stringify(config, null, '\t'));
		const runsFrom = join(directory, 'image.json');
		if (image !== undefined) await writeFile(runsFrom, JSON.stringify(image, null, '\t'));
		const imageArgs = image === undefined ? [] : ['--image', runsFrom];
		const again = [firmware, '--config', file, ...imageArgs];
		const { promise: ready, resolve } = Promise.withResolvers<'ready'>();
		const [program = '', ...args] = command;
		const child = spawn(program, [...args, ...again, '--tied'], {
			stdio: ['pipe', 'pipe', 'pipe'],
			env: { ...process.env, ...boxEnvironment(compiledCode) },
		});
		const box = new BoxProcess(child, again, (line) => {
			onLine(line);
			if (line === 'ready') resolve('ready');
		});
		const pid = join(directory, 'pid');
		writeFileSync(pid, `${child.pid}\n`);
		// The number may soon be that of somebody else.
		child.once('exit', () => rmSync(pid, { force: true }));
		const first = await Promise.race([ready, box.#exited]);
		if (first !== 'ready')
			throw new BoxProcessError('box-died', `the box did not start: ${box.#last.join(' | ')}`);
		return box;
	}

	get pid(): number {
		return this.#child.pid ?? 0;
	}

	/** Resolves when the process is gone. */
	get exited(): Promise<BoxEnd> {
		return this.#exited;
	}

	/** As when the power goes. */
	async kill(): Promise<void> {
		this.#child.kill('SIGKILL');
		await this.#exited;
	}

	async stop(): Promise<void> {
		this.#child.kill('SIGTERM');
		await this.#exited;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		if (this.#child.exitCode === null && this.#child.signalCode === null) await this.stop();
	}
}
