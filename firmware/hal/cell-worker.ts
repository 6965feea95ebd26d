/** The thread of a cell: commands in, reports out, turns in between. */
import { parentPort, workerData } from 'node:worker_threads';
import { Doorbell } from '../../runtime/bus/doorbell.ts';
import { Cell } from '../../runtime/vm/cell.ts';
import type { CellCommand } from '../../runtime/vm/cell-protocol.ts';
import { Heartbeat } from '../../runtime/vm/heartbeat.ts';
import { systemClock } from './clock.ts';
import { detach } from './transfer.ts';

/** Turns between two looks at the mailbox: commands must not wait for a busy cell. */
const turnsAtATime = 32;

const port = parentPort;
if (port === null) throw new Error('a cell runs on a worker thread');

const bell = new Doorbell(workerData.bell);
let isScheduled = false;
let isListening = false;

function schedule(): void {
	if (isScheduled) return;
	isScheduled = true;
	setImmediate(() => {
		isScheduled = false;
		work();
	});
}

function work(): void {
	bell.getUp();
	const isMore = cell.hear();
	if (cell.run(turnsAtATime) || isMore || !bell.lieDown(() => cell.isIdle())) schedule();
	else if (!isListening) void listen();
}

async function listen(): Promise<void> {
	isListening = true;
	await bell.rung();
	isListening = false;
	// What is scheduled looks for itself.
	if (!isScheduled) work();
}

const cell = new Cell({
	clock: systemClock(),
	heartbeat: new Heartbeat(workerData.heartbeat),
	report: (reports) => {
		const { value, transfer } = detach(reports);
		port.postMessage(value, transfer);
	},
	wake: schedule,
});

port.on('message', (command: CellCommand) => {
	cell.accept(command);
	schedule();
});
