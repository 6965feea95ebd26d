/**
 * How often three realtime services with a timer of a millisecond are called, in one cell on a thread as on a box.
 *
 * Counted for a minute, as long as their claim is about: one that falls behind slowly shows.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { threadedCells } from '../../firmware/hal/cell-thread.ts';
import { systemClock } from '../../firmware/hal/clock.ts';
import { tuneEngine } from '../../firmware/hal/engine.ts';
import { instrument } from '../../runtime/component/instrument/instrument.ts';
import type { VmCounts } from '../../runtime/vm/cell-protocol.ts';
import { coreOf, echoSpec } from './echo-guest.ts';
import { type Figure, figure, limited } from './figure.ts';

const services = 3;
const warmUpMs = 1000;
const countedMs = 60_000;
const wantedPerSecond = 1000;
const mostPercent = 5;

export async function ticksFigures(): Promise<Figure[]> {
	tuneEngine();
	const rates = (await ticksPerSecond()).toSorted((a, b) => a - b);
	const [slowest = Number.NaN] = rates;
	const fastest = rates.at(-1) ?? Number.NaN;
	return [
		figure({
			name: 'ticks of a 1 ms timer, the slowest of three services',
			unit: '1/s',
			value: slowest,
			peer: '1 kHz',
			peerValue: wantedPerSecond,
		}),
		limited(
			'the slowest of three services at 1 kHz behind the fastest',
			'%',
			(1 - slowest / fastest) * 100,
			mostPercent,
		),
	];
}

/** Of each service. */
async function ticksPerSecond(): Promise<number[]> {
	const clock = systemClock();
	let counted = Promise.withResolvers<readonly VmCounts[]>();
	const failed = (why: string): void => counted.reject(new Error(why));
	const cell = threadedCells().spawn({
		name: 'realtime',
		onReports: (reports) => {
			for (const report of reports) {
				if (report.tag === 'fault') failed(report.message);
				if (report.tag === 'counts') counted.resolve(report.vms);
			}
		},
		onLost: failed,
	});
	const count = async () => {
		counted = Promise.withResolvers();
		cell.send({ tag: 'count' });
		const vms = await counted.promise;
		return { events: vms.map(({ events }) => events), atUs: clock.now() };
	};
	const module = new WebAssembly.Module(instrument(await coreOf('ticker')));
	for (let vm = 1; vm <= services; vm++) {
		const spec = echoSpec(module, `tick.${vm}`, `tick.${vm}`);
		cell.send({ tag: 'start', vm, spec: { ...spec, priority: 'realtime' } });
	}
	await pause(warmUpMs);
	const before = await count();
	await pause(countedMs);
	const after = await count();
	await cell.terminate();
	const seconds = (after.atUs - before.atUs) / 1_000_000;
	return after.events.map((events, at) => (events - (before.events[at] ?? 0)) / seconds);
}
