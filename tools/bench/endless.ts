/** How soon an endless loop is ended once its budget is used up, beside the end of a thread that runs one. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { tuneEngine } from '../../firmware/hal/engine.ts';
import { makeProbe, type Probe } from '../../modules/probe/testbed.ts';
import type { Event } from '../../runtime/component/generated/service.ts';
import { fuelFor } from '../../runtime/component/instrument/fuel.ts';
import { Lane, type LaneCall } from '../../runtime/component/lane/lane.ts';
import { linkService } from '../../runtime/component/link.ts';
import { type Figure, figure, interleaved } from './figure.ts';

const rounds = 15;
const turnMs = 5;
const limitMs = 2;

export async function endlessFigures(): Promise<Figure[]> {
	tuneEngine();
	const probe = await makeProbe();
	const measured = await interleaved(
		{
			loop: async () => (await endedByFuel(probe)).toldMs,
			lasted: async () => (await endedByFuel(probe)).lastedMs,
			thread: () => endedWithItsThread(),
		},
		rounds,
	);
	const loop = { name: 'endless loop ended after its fuel is used up', unit: 'ms', value: measured.loop };
	return [
		figure({ ...loop, peer: 'limit', peerValue: limitMs }),
		figure({ ...loop, peer: 'Worker.terminate()', peerValue: measured.thread }),
		figure({
			name: 'fuel of a turn lasts in an endless loop',
			unit: 'ms',
			value: measured.lasted,
			peer: 'its time on a slow core',
			peerValue: turnMs,
		}),
	];
}

/** Milliseconds from the beginning of the call, and from the check that finds the fuel used up, to the moment that its owner is told. */
async function endedByFuel({ component, order }: Probe): Promise<{ lastedMs: number; toldMs: number }> {
	let begunAt = 0;
	let checkedAt = 0;
	const ended = Promise.withResolvers<{ lastedMs: number; toldMs: number }>();
	let next: LaneCall | undefined;
	const lane = new Lane({
		// Read at every refill, the one that is refused last.
		now: () => {
			checkedAt = performance.now();
			return checkedAt * 1000;
		},
		next: () => {
			const call = next;
			next = undefined;
			return call;
		},
		returned: () => ended.reject(new Error('the loop has ended by itself')),
		failed: () => {
			const now = performance.now();
			ended.resolve({ lastedMs: now - begunAt, toldMs: now - checkedAt });
		},
		isSliceOver: () => false,
		paused: () => undefined,
	});
	const { module, encoding } = component;
	const host = { log: { write: () => undefined }, keyValue: { get: () => undefined } };
	const guest = linkService({ module, encoding, host, mostBytes: 1_000_000, fuel: fuelFor(turnMs), lane });
	guest.start(0n, { vm: 1, config: new Uint8Array(0), topics: ['probe.order'], baseband: '' });
	const val = { topic: 0, sender: 0, correlation: 0, payload: order({ what: 'loop' }) };
	const inbox: Event[] = [{ tag: 'message', val }];
	guest.steps.openTurn(0, inbox);
	next = guest.steps.call;
	begunAt = performance.now();
	lane.run();
	return await ended.promise;
}

/** Milliseconds that ending a thread takes: the loop is over, and with it all else that ran there. */
async function endedWithItsThread(): Promise<number> {
	const program = "require('node:worker_threads').parentPort.postMessage(''); for (;;);";
	const worker = new Worker(program, { eval: true });
	await once(worker, 'message');
	const startedAt = performance.now();
	await worker.terminate();
	return performance.now() - startedAt;
}
