/** How late a realtime VM is called while eight others of its cell compute without end, on a thread as on a box. */
import { setTimeout as pause } from 'node:timers/promises';
import { threadedCells } from '../../firmware/hal/cell-thread.ts';
import { systemClock } from '../../firmware/hal/clock.ts';
import { tuneEngine } from '../../firmware/hal/engine.ts';
import { instrument } from '../../runtime/component/instrument/instrument.ts';
import type { CellHandle } from '../../runtime/vm/cell-host.ts';
import type { VmSpec } from '../../runtime/vm/cell-protocol.ts';
import { coreOf, echoSpec } from './echo-guest.ts';
import { type Figure, limited } from './figure.ts';

const burners = 8;
const messages = { warmUp: 100, counted: 1000 };
const everyMs = 3;
const limitMs = 1;

export async function realtimeFigures(): Promise<Figure[]> {
	tuneEngine();
	const late = await lateness();
	const at = (share: number): number => (late[Math.floor((late.length - 1) * share)] ?? 0) / 1000;
	return [
		limited('realtime turn begins late, p50', 'ms', at(0.5), limitMs),
		limited('realtime turn begins late, p99', 'ms', at(0.99), limitMs),
		limited('realtime turn begins late, most', 'ms', at(1), limitMs),
	];
}

/** Microseconds from the sending of each message, on another thread, to the beginning of its turn; the shortest first. */
async function lateness(): Promise<number[]> {
	const clock = systemClock();
	const late: number[] = [];
	let sentAt = 0;
	let heard = Promise.withResolvers<void>();
	const allStarted = Promise.withResolvers<void>();
	let left = 1 + burners;
	const cell = threadedCells().spawn({
		name: 'realtime',
		onReports: (reports) => {
			for (const report of reports) {
				if (report.tag === 'fault') heard.reject(new Error(report.message));
				if (report.tag === 'started' && --left === 0) allStarted.resolve();
				if (report.tag !== 'published') continue;
				const { buffer, byteOffset } = report.payload;
				late.push(Number(new DataView(buffer, byteOffset).getBigUint64(0, true)) - sentAt);
				heard.resolve();
			}
		},
		onLost: (why) => heard.reject(new Error(why)),
	});
	await startVms(cell);
	cell.send({ tag: 'wanted', topics: ['realtime.began'] });
	await allStarted.promise;
	for (let number = 1; number <= burners; number++)
		cell.send({ tag: 'publish', topic: `burn.${number}`, sender: 0, payload: new Uint8Array(0) });
	for (let message = 0; message < messages.warmUp + messages.counted; message++) {
		await pause(everyMs);
		heard = Promise.withResolvers();
		sentAt = clock.now();
		cell.send({ tag: 'publish', topic: 'realtime.go', sender: 0, payload: new Uint8Array(8) });
		await heard.promise;
	}
	await cell.terminate();
	return late.slice(messages.warmUp).sort((a, b) => a - b);
}

async function startVms(cell: CellHandle): Promise<void> {
	const stopwatch = new WebAssembly.Module(instrument(await coreOf('stopwatch')));
	const burner = new WebAssembly.Module(instrument(await coreOf('burner')));
	const watch: VmSpec = { ...echoSpec(stopwatch, 'realtime.began', 'realtime.go'), priority: 'realtime' };
	cell.send({ tag: 'start', vm: 1, spec: watch });
	for (let number = 1; number <= burners; number++) {
		const topic = `burn.${number}`;
		const { budget, ...spec } = echoSpec(burner, topic, topic);
		const priority = number % 2 === 0 ? 'interactive' : 'background';
		cell.send({
			tag: 'start',
			vm: 1 + number,
			// So much that no turn is ended, and none waits for its share.
			spec: { ...spec, topics: loop(topic), priority, budget: { ...budget, turnMs: 6000, cpuPercent: 100 } },
		});
	}
}

/** One topic that a VM both says and hears. */
function loop(name: string): VmSpec['topics'] {
	return [{ name, mayPublish: true, maySubscribe: true, whenFull: 'block' }];
}
