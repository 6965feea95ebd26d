/**
 * Two journalled probes in a cell on real files that give each other work until the process is killed. What
 * leaves the cell is said a line each: `vm turn index payload`, the payload in hexadecimal.
 *
 * Arguments: their folder; the file of `KeptCellWork`; the VMs in the order they are started: `1,2`; `rest`
 * when they get no more work: once all that was on its way has come, the cell is closed and the process ends.
 */
import { writeSync } from 'node:fs';
import { cellStorage } from '../../firmware/hal/cell-storage.ts';
import { systemClock } from '../../firmware/hal/clock.ts';
import { Cell } from '../../runtime/vm/cell.ts';
import type { CellReport } from '../../runtime/vm/cell-protocol.ts';
import { readWork } from './kept-cell-work.ts';

/** So small that snapshots are taken and segments removed in every few lives. */
const limits = { segmentBytes: 8 * 1024, keepBytes: 32 * 1024 };
const workEveryMs = 2;

const [path = '', file = '', order = '', how] = process.argv.slice(2);
const begun = readWork(file);
const isLast = how === 'rest';
const vms = order.split(',').map(Number);
const upVms = new Set<number>();
let isScheduled = false;

function run(): void {
	if (isScheduled) return;
	isScheduled = true;
	setImmediate(() => {
		isScheduled = false;
		if (cell.run(32)) run();
		// A call that goes on by itself has ended by then, or asks to be run again.
		else if (isLast) setImmediate(closeWhenIdle);
	});
}

/** Who is held back for a while, since it took more than its share of the processor, is not idle. */
function closeWhenIdle(): void {
	if (!isScheduled && upVms.size === vms.length && cell.isIdle()) cell.accept({ tag: 'count' });
}

function hear(report: CellReport): void {
	if (report.tag === 'published')
		writeSync(1, `${report.vm} ${report.id?.turn} ${report.id?.index} ${report.payload.toHex()}\n`);
	// What is in the pipe is read, whatever becomes of this process.
	else if (report.tag === 'handed-over')
		queueMicrotask(() => cell.accept({ tag: 'heard', number: report.number }));
	else if (report.tag === 'started') isUp(report.vm);
	else if (report.tag === 'counts' && report.vms.every(({ inboxLength }) => inboxLength === 0))
		cell.accept({ tag: 'close' });
	else if (report.tag === 'closed') process.exit();
	else if (report.tag === 'fault' || report.tag === 'log') writeSync(1, `! ${JSON.stringify(report)}\n`);
}

function isUp(vm: number): void {
	upVms.add(vm);
	// What is said again comes with it.
	if (upVms.size === vms.length) setImmediate(work);
}

function work(): void {
	writeSync(1, 'up\n');
	run();
	const order = { tag: 'publish', topic: 'probe.order', sender: 0, payload: begun.order } as const;
	if (!isLast) setInterval(() => cell.accept(order), workEveryMs);
}

const cell = new Cell({
	clock: systemClock(),
	storage: { ...cellStorage({ path, cell: 'open', platformVersion: '1.0.0' }), limits },
	report: (reports) => reports.forEach(hear),
	wake: run,
});
cell.accept({ tag: 'wanted', topics: ['probe.out'] });
const module = new WebAssembly.Module(begun.core);
writeSync(1, 'started\n');
for (const vm of vms) {
	const spec = begun.specs.get(vm);
	if (spec === undefined) throw new Error(`there is no VM ${vm}`);
	cell.accept({ tag: 'start', vm, spec: { ...spec, module } });
}
