/** Runs each cell on a worker thread, so that one that hangs can be ended from outside. */
import { join } from 'node:path';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { Doorbell } from '../../runtime/bus/doorbell.ts';
import type { CellHandle, CellHost } from '../../runtime/vm/cell-host.ts';
import type { CellCommand, CellReport } from '../../runtime/vm/cell-protocol.ts';
import { Heartbeat } from '../../runtime/vm/heartbeat.ts';
import { isForForeign } from '../../runtime/vm/placement.ts';
import { cellProgram } from './threads.ts';
import { detach } from './transfer.ts';

/** What the thread of a cell is sent. */
export interface CellPost {
	readonly command?: CellCommand;
	/** With a link: where to knock when the other cell sleeps. */
	readonly knocker?: MessagePort;
	/** Where another cell knocks. */
	readonly door?: MessagePort;
}

export interface ThreadedCellsOptions {
	/** Folder below which each cell keeps its VMs; without it they are not kept. */
	readonly folder?: string;
	readonly platformVersion?: string;
	/** Folder where `openCodeFiles` keeps the code of services; without it, it stays in memory. */
	readonly code?: string;
}

export function threadedCells({ folder, platformVersion = '', code }: ThreadedCellsOptions = {}): CellHost {
	/** By name of the cell: set once the thread that has its folder is gone. */
	const gone = new Map<string, SharedArrayBuffer>();
	/** By the memory of their bells. */
	const workers = new WeakMap<SharedArrayBuffer, Worker>();

	/** A message wakes a thread in two thirds of the time that waiting on shared memory asynchronously takes. */
	function knockerFor(bell: SharedArrayBuffer): MessagePort {
		const { port1: knocker, port2: door } = new MessageChannel();
		const post: CellPost = { door };
		workers.get(bell)?.postMessage(post, [door]);
		return knocker;
	}

	return {
		spawn: ({ name, onReports, onLost }): CellHandle => {
			const before = gone.get(name);
			const isGone = new SharedArrayBuffer(4);
			gone.set(name, isGone);
			const storage = folder && { path: join(folder, name), cell: name, platformVersion, before };
			const heartbeat = new Heartbeat();
			const bell = new Doorbell();
			const worker = new Worker(cellProgram, {
				name: `cell ${name}`,
				workerData: {
					heartbeat: heartbeat.buffer,
					bell: bell.buffer,
					linksForeign: isForForeign(name),
					storage,
					code,
				},
			});
			workers.set(bell.buffer, worker);
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
				bell: bell.buffer,
				send: (command: CellCommand) => {
					const { value, transfer } = detach(command);
					if (value.tag !== 'link') return worker.postMessage({ command: value }, transfer);
					const knocker = knockerFor(value.bell);
					worker.postMessage({ command: value, knocker }, [...transfer, knocker]);
				},
				terminate: async () => {
					isOver = true;
					await worker.terminate();
				},
			};
		},
	};
}
