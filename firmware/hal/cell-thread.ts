/** Runs each cell on a worker thread, so that one that hangs can be ended from outside. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { CellHandle, CellHost } from '../../runtime/vm/cell-host.ts';
import type { CellCommand, CellReport } from '../../runtime/vm/cell-protocol.ts';
import { Heartbeat } from '../../runtime/vm/heartbeat.ts';
import { detach } from './transfer.ts';

export interface ThreadedCellsOptions {
	/** Folder below which each cell keeps its VMs; without it they are not kept. */
	readonly folder?: string;
	readonly platformVersion?: string;
}

export function threadedCells({ folder, platformVersion = '' }: ThreadedCellsOptions = {}): CellHost {
	/** By name of the cell: set once the thread that has its folder is gone. */
	const gone = new Map<string, SharedArrayBuffer>();

	return {
		spawn: ({ name, onReports, onLost }): CellHandle => {
			const before = gone.get(name);
			const isGone = new SharedArrayBuffer(4);
			gone.set(name, isGone);
			const storage = folder && { path: join(folder, name), cell: name, platformVersion, before };
			const heartbeat = new Heartbeat();
			const worker = new Worker(new URL('./cell-worker.ts', import.meta.url), {
				name: `cell ${name}`,
				workerData: { heartbeat: heartbeat.buffer, storage },
			});
			let isOver = false;
			const lose = (why: string): void => {
				if (isOver) return;
				isOver = true;
				onLost(why);
			};
			worker.on('message', (reports: CellReport[]) => {
				if (!isOver) onReports(reports);
			});
			worker.on('error', (error) =>
				lose(`the cell broke: ${error instanceof Error ? error.message : error}`),
			);
			worker.on('exit', (code) => {
				Atomics.store(new Int32Array(isGone), 0, 1);
				Atomics.notify(new Int32Array(isGone), 0);
				lose(`the cell ended with code ${code}`);
			});
			return {
				heartbeat,
				send: (command: CellCommand) => {
					const { value, transfer } = detach(command);
					worker.postMessage(value, transfer);
				},
				terminate: async () => {
					isOver = true;
					await worker.terminate();
				},
			};
		},
	};
}
