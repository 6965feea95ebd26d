/** Runs each cell on a worker thread, so that one that hangs can be ended from outside. */
import { Worker } from 'node:worker_threads';
import type { CellHandle, CellHost } from '../../runtime/vm/cell-host.ts';
import type { CellCommand, CellReport } from '../../runtime/vm/cell-protocol.ts';
import { Heartbeat } from '../../runtime/vm/heartbeat.ts';
import { isForForeign } from '../../runtime/vm/placement.ts';
import { detach } from './transfer.ts';

export function threadedCells(): CellHost {
	return {
		spawn: ({ name, onReports, onLost }): CellHandle => {
			const heartbeat = new Heartbeat();
			const worker = new Worker(new URL('./cell-worker.ts', import.meta.url), {
				name: `cell ${name}`,
				workerData: { heartbeat: heartbeat.buffer, linksForeign: isForForeign(name) },
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
			worker.on('exit', (code) => lose(`the cell ended with code ${code}`));
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
