/** Makes glue for one component on a thread of its own, and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { transpile } from './transpile.ts';

parentPort?.postMessage(await transpile(workerData.component));
