/** Where the bundle begins, on every thread: what it is to be there says the name of the thread. */
import { isMainThread, threadName } from 'node:worker_threads';

// In one file, what packages still use is taken for our own; nobody on a console can do anything about it.
process.noDeprecation = true;

if (isMainThread) await import('../main.ts');
else if (threadName === 'glue') await import('../hal/glue-worker.ts');
else await import('../hal/cell-worker.ts');
