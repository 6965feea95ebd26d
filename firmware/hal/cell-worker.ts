/** The thread of a cell: commands in, reports out, turns in between. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { Doorbell } from '../../runtime/bus/doorbell.ts';
import type { ForeignLinker } from '../../runtime/foreign/foreign-guest.ts';
import { Cell } from '../../runtime/vm/cell.ts';
import { Heartbeat } from '../../runtime/vm/heartbeat.ts';
import { cellStorage } from './cell-storage.ts';
import type { CellPost } from './cell-thread.ts';
import { systemClock } from './clock.ts';
import { codeReader } from './code-files.ts';
import { systemEntropy } from './entropy.ts';
import { reclaimer } from './reclaim.ts';
import { detach } from './transfer.ts';
import { zstdPacking } from './zstd-packing.ts';

/** Turns between two looks at the mailbox, if they take less than the slice after which a cell looks up by itself. */
const turnsAtATime = 1024;
/** Until the box has started, most probably. */
const startMs = 10_000;

const port = parentPort;
if (port === null) throw new Error('a cell runs on a worker thread');

// A crash report shows this many calls of a guest.
Error.stackTraceLimit = 32;

const bell = new Doorbell(workerData.bell);
/** Where to knock, by the bells of the other cells. */
const knockers = new WeakMap<SharedArrayBuffer, MessagePort>();
let isScheduled = false;

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
}

/** Loaded where it is needed only: it takes more memory than all else in the thread of a cell. */
async function foreignLinks(): Promise<ForeignLinker> {
	const { foreignLinker } = await import('../../runtime/foreign/foreign-guest.ts');
	return foreignLinker(systemEntropy);
}

const cell = new Cell({
	clock: systemClock(),
	linkForeign: workerData.linksForeign ? await foreignLinks() : undefined,
	...(workerData.storage && { storage: cellStorage(workerData.storage) }),
	packing: zstdPacking(),
	...(workerData.code && { code: codeReader(workerData.code) }),
	reclaim: reclaimer(),
	heartbeat: new Heartbeat(workerData.heartbeat),
	report: (reports) => {
		const { value, transfer } = detach(reports);
		port.postMessage(value, transfer);
	},
	wake: schedule,
	notify: (other) => knockers.get(other)?.postMessage(null),
});

port.on('message', ({ command, knocker, door }: CellPost) => {
	// What is scheduled looks for itself.
	door?.on('message', () => {
		if (!isScheduled) work();
	});
	if (command === undefined) return;
	if (command.tag === 'link' && knocker !== undefined) knockers.set(command.bell, knocker);
	cell.accept(command);
	schedule();
});

setTimeout(() => cell.prepare(), startMs).unref();
