/** The thread of a cell: commands in, reports out, turns in between. */
import { parentPort, workerData } from 'node:worker_threads';
import { Cell } from '../../runtime/vm/cell.ts';
import type { CellCommand } from '../../runtime/vm/cell-protocol.ts';
import { Heartbeat } from '../../runtime/vm/heartbeat.ts';
import { cellStorage } from './cell-storage.ts';
import { systemClock } from './clock.ts';
import { detach } from './transfer.ts';

/** Turns between two looks at the mailbox: commands must not wait for a busy cell. */
const turnsAtATime = 32;

const port = parentPort;
if (port === null) throw new Error('a cell runs on a worker thread');

let isScheduled = false;

function schedule(): void {
	if (isScheduled) return;
	isScheduled = true;
	setImmediate(() => {
		isScheduled = false;
		if (cell.run(turnsAtATime)) schedule();
	});
}

const cell = new Cell({
	clock: systemClock(),
	...(workerData.storage && { storage: cellStorage(workerData.storage) }),
	heartbeat: new Heartbeat(workerData.heartbeat),
	report: (reports) => {
		const { value, transfer } = detach(reports);
		port.postMessage(value, transfer);
	},
	wake: schedule,
});

port.on('message', (command: CellCommand) => cell.accept(command));
