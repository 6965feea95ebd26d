/**
 * Compiles in a process of its own.
 *
 * The compiler takes 300 MB that are given back when it is done, can be stopped at any moment, and
 * runs twice as fast with V8's baseline code alone and room for its garbage: flags that a whole
 * process must be started with.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { BuildError, type buildErrors } from './build-error.ts';
import type { Compilation } from './compile.ts';
import type { DebugMap } from './debug-map.ts';

export interface ComponentRequest {
	readonly compilation: Compilation;
	/** WIT text and the world of it that the component is to implement. */
	readonly wit: string;
	readonly world: string;
	readonly allowedImports: ReadonlySet<string>;
	/** Sources of the author, from `compilation.directory`. */
	readonly files: readonly string[];
}

export interface CompiledComponent {
	readonly core: Uint8Array<ArrayBuffer>;
	readonly component: Uint8Array<ArrayBuffer>;
	readonly map: DebugMap;
}

export type CompilerReply =
	| { readonly tag: 'done'; readonly value: CompiledComponent }
	| { readonly tag: 'failed'; readonly code: keyof typeof buildErrors | undefined; readonly message: string };

/** Warms up while the caller still prepares the request. */
export class Compiler {
	readonly #process: ChildProcess;
	readonly #signal: AbortSignal | undefined;
	readonly #reply: Promise<CompilerReply>;

	/** @param signal ends the process, and with it a compilation under way */
	constructor(signal?: AbortSignal) {
		this.#signal = signal;
		this.#process = fork(join(import.meta.dirname, 'compiler-process.ts'), {
			execArgv: ['--liftoff-only', '--min-semi-space-size=64', '--max-semi-space-size=64'],
			serialization: 'advanced',
			stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
			...(signal === undefined ? {} : { signal }),
		});
		this.#reply = replyOf(this.#process);
		// It may end before anybody asks for anything; whoever asks is told then.
		this.#reply.catch(() => undefined);
	}

	/**
	 * To be called once.
	 *
	 * @throws BuildError `does-not-compile`, `forbidden-import`
	 */
	async compile(request: ComponentRequest): Promise<CompiledComponent> {
		this.#signal?.throwIfAborted();
		if (this.#process.connected) this.#process.send(request);
		const reply = await this.#reply.catch((error: unknown) => {
			this.#signal?.throwIfAborted();
			throw error;
		});
		if (reply.tag === 'done') return reply.value;
		throw reply.code === undefined ? new Error(reply.message) : new BuildError(reply.code, reply.message);
	}

	[Symbol.dispose](): void {
		this.#process.kill();
	}
}

function replyOf(child: ChildProcess): Promise<CompilerReply> {
	return new Promise((resolve, reject) => {
		let said = '';
		child.stderr?.setEncoding('utf8').on('data', (text: string) => {
			said += text;
		});
		child.once('message', (message) => resolve(message as CompilerReply));
		child.on('error', reject);
		child.once('close', (code, signal) => {
			const message = `the AssemblyScript compiler itself failed (${signal ?? code}):\n${said}`;
			reject(new BuildError('does-not-compile', message));
		});
	});
}
