/**
 * Makes glue with `jco-transpile`, each time on a new thread.
 *
 * It reads bytes that anybody may have written, and a component that it can not take leaves it
 * broken. A thread of its own is gone afterwards, with the memory, and can be ended.
 */
import { Worker } from 'node:worker_threads';
import { ComponentError } from '../../runtime/component/error.ts';
import type { Glue, GlueMaker } from '../../runtime/foreign/glue.ts';
import { glueProgram } from './threads.ts';

/** A component of 8 MiB takes a few seconds on a slow box. */
const longestMs = 60_000;
/** Heap of the thread; the compiler itself is WebAssembly beside it. */
const heapMegabytes = 256;

export function glueMaker(): GlueMaker {
	return {
		make: (component) =>
			new Promise<Glue>((resolve, reject) => {
				const worker = new Worker(glueProgram, {
					name: 'glue',
					workerData: { component },
					env: {},
					stdout: true,
					stderr: true,
					resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
				});
				const fail = (why: string, cause?: unknown): void => {
					clearTimeout(timer);
					reject(new ComponentError('glue-failed', `no glue could be made: ${why}`, { cause }));
					void worker.terminate();
				};
				const timer = setTimeout(() => fail(`it took longer than ${longestMs} ms`), longestMs);
				worker.once('message', (glue: Glue) => {
					clearTimeout(timer);
					resolve(glue);
				});
				worker.once('error', (error) => fail(error instanceof Error ? error.message : String(error), error));
				worker.once('exit', () => fail('its thread ended'));
			}),
	};
}
