/**
 * Two journalled probes in a cell on real files that give each other work until the process is killed. What
 * leaves the cell is said a line each: `vm turn index text count`. Argument: their folder.
 */
import { writeSync } from 'node:fs';
import { cellStorage } from '../../firmware/hal/cell-storage.ts';
import { systemClock } from '../../firmware/hal/clock.ts';
import { makeProbe } from '../../modules/probe/testbed.ts';
import { topicGrants } from '../../runtime/bus/policy.ts';
import { Cell } from '../../runtime/vm/cell.ts';
import type { CellReport } from '../../runtime/vm/cell-protocol.ts';

const [path = '', first = '1'] = process.argv.slice(2);
const probe = await makeProbe();
let isScheduled = false;
const upVms = new Set<number>();

function run(): void {
	if (isScheduled) return;
	isScheduled = true;
	setImmediate(() => {
		isScheduled = false;
		if (cell.run(32)) run();
	});
}

function hear(report: CellReport): void {
	if (report.tag === 'started') upVms.add(report.vm);
	if (report.tag === 'handed-over')
		queueMicrotask(() => cell.accept({ tag: 'heard', number: report.number }));
	if (report.tag === 'fault' || report.tag === 'log') writeSync(1, `! ${JSON.stringify(report)}\n`);
	if (report.tag !== 'published') return;
	const { text, count } = probe.word(report.payload);
	writeSync(1, `${report.vm} ${report.id?.turn} ${report.id?.index} ${text} ${count}\n`);
}

const cell = new Cell({
	clock: systemClock(),
	storage: cellStorage({ path, cell: 'open', platformVersion: '1.0.0' }),
	report: (reports) => reports.forEach(hear),
	wake: run,
});
cell.accept({ tag: 'wanted', topics: ['probe.out'] });
const { manifest, module, encoding, digest } = probe.component;
for (const vm of first === '1' ? [1, 2] : [2, 1])
	cell.accept({
		tag: 'start',
		vm,
		spec: {
			name: `probe-${vm}`,
			module,
			encoding,
			priority: manifest.priority,
			budget: manifest.budget,
			topics: topicGrants(manifest),
			effects: ['put', 'delete'],
			config: manifest.config.bytes,
			baseband: '',
			log: { linesPerTurn: 4, bytesPerTurn: 1024 },
			bucket: new Map(),
			bucketBytes: 1024,
			clockStepUs: 1,
			keep: { mode: 'journal', intervalMs: 1000, digest },
		},
	});
writeSync(1, 'started\n');
const payload = probe.order({ what: 'chain', count: 2 });
setInterval(() => {
	if (upVms.size === 2) cell.accept({ tag: 'publish', topic: 'probe.order', sender: 0, payload });
}, 2);
