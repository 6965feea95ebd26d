/**
 * Compiles in a process of its own.
 *
 * The compiler takes 300 MB that are given back when it is done, can be stopped at any moment, and
 * runs twice as fast with V8's baseline code alone, a flag that a whole process must be started with.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { BuildError, type buildErrors } from './build-error.ts';
import type { Compilation } from './compile.ts';

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
}

export type CompilerReply =
	| { readonly tag: 'done'; readonly value: CompiledComponent }
	| { readonly tag: 'failed'; readonly code: keyof typeof buildErrors | undefined; readonly message: string };

/** Warms up while the caller still prepares the request. */
export class Compiler {
	readonly #process: ChildProcess;
	readonly #signal: AbortSignal | undefined;

	/** @param signal ends the process, and with it a compilation under way */
	constructor(signal?: AbortSignal) {
		this.#signal = signal;
		this.#process = fork(join(import.meta.dirname, 'compiler-process.ts'), {
			execArgv: ['--liftoff-only'],
			serialization: 'advanced',
			stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
			...(signal === undefined ? {} : { signal }),
		});
		// A process that was ended by the signal says so as an error; `compile` reports it.
		this.#process.on('error', () => undefined);
	}

	/** @throws BuildError `does-not-compile`, `forbidden-import` */
	async compile(request: ComponentRequest): Promise<CompiledComponent> {
		this.#signal?.throwIfAborted();
		const child = this.#process;
		let said = '';
		child.stderr?.setEncoding('utf8').on('data', (text: string) => {
			said += text;
		});
		const reply = await new Promise<CompilerReply>((resolve, reject) => {
			child.once('message', (message) => resolve(message as CompilerReply));
			child.once('close', (code, signal) => {
				const message = `the AssemblyScript compiler itself failed (${signal ?? code}):\n${said}`;
				reject(new BuildError('does-not-compile', message));
			});
			child.send(request);
		}).catch((error: unknown) => {
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
