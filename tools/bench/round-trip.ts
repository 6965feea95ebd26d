/** How long a message and its answer take between two VMs in two cells on threads as on a box, one on its way at a time. */
import { threadedCells } from '../../firmware/hal/cell-thread.ts';
import { systemClock } from '../../firmware/hal/clock.ts';
import { makeProbe } from '../../modules/probe/testbed.ts';
import { Hub } from '../../runtime/bus/hub.ts';
import { clock as clockCapability } from '../../runtime/capability/clock.ts';
import { Capabilities } from '../../runtime/capability/link-vm.ts';
import { instrument } from '../../runtime/component/instrument/instrument.ts';
import { parseManifest } from '../../runtime/module/manifest.ts';
import { Supervisor } from '../../runtime/vm/supervisor.ts';
import { coreOf } from './echo-guest.ts';
import { type Figure, limited, median } from './figure.ts';

/** Thousands. */
const trips = { warmUp: 5, counted: 20 };
const limitMs = 0.1;

export async function roundTripFigures(): Promise<Figure[]> {
	return [
		limited(
			'round trip of a message between two VMs in two cells, p50',
			'ms',
			median(await roundTripsUs()) / 1000,
			limitMs,
		),
	];
}

/**
 * Microseconds of each trip: from one turn of the VM that is answered to its next, as it tells itself, now and then.
 * This thread sleeps meanwhile: it would be a third one that wants one of the cores.
 */
async function roundTripsUs(): Promise<number[]> {
	const clock = systemClock();
	const hub = new Hub();
	const supervisor = new Supervisor({
		clock,
		cells: threadedCells(),
		hub,
		capabilities: new Capabilities([clockCapability]),
	});
	const { component } = await makeProbe();
	const start = async (wat: string, manifest: object): Promise<void> => {
		const module = new WebAssembly.Module(instrument(await coreOf(wat)));
		const parsed = parseManifest({ name: wat, version: '1.0.0', vendor: 'bench', ...manifest });
		supervisor.start({ name: wat, component: { ...component, module, manifest: parsed }, baseband: '' });
		const { state, reason } = await supervisor.settled(wat);
		if (state !== 'running') throw new Error(`${wat} does not run: ${reason}`);
	};
	const type = 'bench.Time';
	await start('echo', { publishes: { 'trip.back': type }, subscribes: { 'trip.there': type } });
	// Only the operator's own services see microseconds.
	await start('laps', {
		domain: 'authorized',
		publishes: { 'trip.there': type, 'trip.laps': 'bench.Laps' },
		subscribes: { 'trip.back': type },
	});
	const laps: number[][] = [];
	const { promise: counted, resolve } = Promise.withResolvers<void>();
	hub.listen('trip.laps', ({ payload }) => {
		const began = new BigUint64Array(payload.slice().buffer);
		laps.push(Array.from(began.subarray(1), (at, trip) => Number(at - (began[trip] ?? at))));
		if (laps.length === trips.warmUp + trips.counted) resolve();
	});
	hub.publish('trip.back', new Uint8Array(64));
	await counted;
	await supervisor.close();
	return laps.slice(trips.warmUp).flat();
}
