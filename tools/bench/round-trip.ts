/** How long a message and its answer take between two VMs in two cells on threads as on a box, one on its way at a time. */
import { threadedCells } from '../../firmware/hal/cell-thread.ts';
import { systemClock } from '../../firmware/hal/clock.ts';
import { makeCourier } from '../../modules/courier/testbed.ts';
import { makeProbe } from '../../modules/probe/testbed.ts';
import { Carriage } from '../../runtime/bus/carriage.ts';
import { Hub } from '../../runtime/bus/hub.ts';
import { clock as clockCapability } from '../../runtime/capability/clock.ts';
import { keyValue } from '../../runtime/capability/key-value.ts';
import { Capabilities } from '../../runtime/capability/link-vm.ts';
import { log } from '../../runtime/capability/log.ts';
import { instrument } from '../../runtime/component/instrument/instrument.ts';
import type { PreparedComponent } from '../../runtime/component/prepare.ts';
import { MemoryDirectory } from '../../runtime/memory-directory.ts';
import { type Manifest, parseManifest } from '../../runtime/module/manifest.ts';
import { Supervisor } from '../../runtime/vm/supervisor.ts';
import { coreOf } from './echo-guest.ts';
import { type Figure, figure, limited, median } from './figure.ts';

/** Thousands. */
const trips = { warmUp: 5, counted: 20 };
const limitMs = 0.1;

export async function roundTripFigures(): Promise<Figure[]> {
	const name = 'round trip of a message between two VMs in two cells, p50';
	const plain = median(await roundTripsUs()) / 1000;
	const { component } = await makeCourier();
	const carried = median(await roundTripsUs(component)) / 1000;
	return [
		limited(name, 'ms', plain, limitMs),
		// In the cell of the one of the operator's, and without a journal: what that adds is among the figures of durability.
		figure({
			name: `${name}, carried by a container VM`,
			unit: 'ms',
			value: carried,
			peer: 'carried by the platform',
			peerValue: plain,
		}),
	];
}

const type = 'bench.Time';
const manifest = (name: string, fields: object): Manifest =>
	parseManifest({ name, version: '1.0.0', vendor: 'bench', ...fields });
const echo = manifest('echo', { publishes: { 'trip.back': type }, subscribes: { 'trip.there': type } });
const laps = manifest('laps', {
	// Only the operator's own services see microseconds.
	domain: 'authorized',
	publishes: { 'trip.there': type, 'trip.laps': 'bench.Laps' },
	subscribes: { 'trip.back': type },
});

async function carriageBy(courier: PreparedComponent): Promise<Carriage> {
	const carriage = await Carriage.open({ container: 'courier', directory: new MemoryDirectory() });
	await carriage.learn([courier.manifest, echo, laps]);
	return carriage;
}

/**
 * Microseconds of each trip: from one turn of the VM that is answered to its next, as it tells itself, now and then.
 * This thread sleeps meanwhile: it would be a third one that wants one of the cores.
 *
 * @param courier carries each message; without it the platform does
 */
async function roundTripsUs(courier?: PreparedComponent): Promise<number[]> {
	const clock = systemClock();
	const hub = new Hub();
	const supervisor = new Supervisor({
		clock,
		cells: threadedCells(),
		hub,
		capabilities: new Capabilities([log, clockCapability, keyValue(new MemoryDirectory())]),
		carriage: courier && (await carriageBy(courier)),
	});
	const { component } = await makeProbe();
	const start = async (started: PreparedComponent): Promise<void> => {
		const { name } = started.manifest;
		supervisor.start({ name, component: started, baseband: '' });
		const { state, reason } = await supervisor.settled(name);
		if (state !== 'running') throw new Error(`${name} does not run: ${reason}`);
	};
	if (courier !== undefined) await start(courier);
	for (const own of [echo, laps]) {
		const module = new WebAssembly.Module(instrument(await coreOf(own.name)));
		await start({ ...component, module, manifest: own });
	}
	const heard: number[][] = [];
	const { promise: counted, resolve } = Promise.withResolvers<void>();
	hub.listen('trip.laps', ({ payload }) => {
		const began = new BigUint64Array(payload.slice().buffer);
		heard.push(Array.from(began.subarray(1), (at, trip) => Number(at - (began[trip] ?? at))));
		if (heard.length === trips.warmUp + trips.counted) resolve();
	});
	hub.publish('trip.back', new Uint8Array(64));
	await counted;
	await supervisor.close();
	return heard.slice(trips.warmUp).flat();
}
