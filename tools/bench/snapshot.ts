/** What it costs to take the state of a VM out and to put it back, and how small a VM sleeps. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdPacking } from '../../firmware/hal/zstd-packing.ts';
import { allImports, makeProbe } from '../../modules/probe/testbed.ts';
import { topicGrants } from '../../runtime/bus/policy.ts';
import { GuestState } from '../../runtime/component/guest-state.ts';
import { fuelFor, startExport } from '../../runtime/component/instrument/fuel.ts';
import { instrument } from '../../runtime/component/instrument/instrument.ts';
import { tankOf } from '../../runtime/component/instrument/testbed.ts';
import { plainLane } from '../../runtime/component/lane/plain-lane.ts';
import { type DirectGuest, type LinkOptions, linkService } from '../../runtime/component/link.ts';
import { type PreparedComponent, prepareComponent } from '../../runtime/component/prepare.ts';
import { PageDigester } from '../../runtime/digest/page-digester.ts';
import { hibernate, wake } from '../../runtime/snapshot/hibernate.ts';
import { Recorder } from '../../runtime/snapshot/recorder.ts';
import { packSnapshot, readSnapshot, type Snapshot } from '../../runtime/snapshot/snapshot.ts';
import { buildModule } from '../build/component.ts';
import { createModule } from '../build/create-module.ts';
import { type Figure, figure, limited, median } from './figure.ts';
import { kernelModule } from './kernel-module.ts';
import { threadClockMs } from './thread-time.ts';

const rounds = 80;
const origin = { module: 'ab'.repeat(32), platformVersion: '0.1.0' };
const digester = new PageDigester();
const packing = zstdPacking();
const reading = { origin, digester, packing };
const mebibyte = 1_048_576;

export async function snapshotFigures(): Promise<Figure[]> {
	return [...(await heapFigures()), ...(await sleepFigures())];
}

/** Every page of a heap changes between two snapshots; times are of the processor, for one MiB of what changed. */
async function heapFigures(): Promise<Figure[]> {
	const module = new WebAssembly.Module(instrument(await kernelModule('stations.ts')));
	const instantiate = (): WebAssembly.Instance =>
		new WebAssembly.Instance(module, { env: { abort: () => undefined } });
	const instance = instantiate();
	const { exports } = instance;
	const tank = tankOf(instance, plainLane());
	const call = (name: string): void => {
		tank.fill(0x7fff_ffff);
		(exports[name] as () => void)();
	};
	call(startExport);
	const state = new GuestState(module, { exports });
	const recorder = new Recorder({ origin, digester, mostDeltas: Infinity, mostDeltaBases: Infinity });
	let snapshot: Snapshot = readSnapshot(recorder.record(state, { turn: 0 }), reading);
	const seen = new Map<string, number[]>();
	const now = threadClockMs();
	const timed = <Result>(name: string, step: () => Result): Result => {
		const startedAt = now();
		const result = step();
		seen.set(name, [...(seen.get(name) ?? []), now() - startedAt]);
		return result;
	};
	let bytes: Uint8Array = new Uint8Array(0);
	let packed: Uint8Array = bytes;
	let before = snapshot;
	for (let turn = 1; turn <= rounds; turn++) {
		call('replace');
		call('__collect');
		before = snapshot;
		bytes = timed('record', () => recorder.record(state, { turn }));
		snapshot = timed('restore', () => {
			const read = readSnapshot(bytes, reading, before);
			new GuestState(module, instantiate()).restore(read.image);
			return read;
		});
		timed('copies', () => {
			Buffer.allocUnsafeSlow(bytes.length).set(bytes);
			const memory = new WebAssembly.Memory({ initial: 32, maximum: 32 });
			new Uint8Array(memory.buffer).set(bytes);
		});
	}
	for (let left = rounds; left > 0; left--) {
		packed = timed('pack', () => packSnapshot(bytes, { packing, digester }));
		timed('restore packed', () => {
			const read = readSnapshot(packed, reading, before);
			new GuestState(module, instantiate()).restore(read.image);
		});
	}
	if (bytes.length < 0.9 * mebibyte) throw new Error(`only ${bytes.length} bytes of the heap have changed`);
	const of = (name: string): number =>
		(median((seen.get(name) ?? []).slice(rounds / 4)) * mebibyte) / bytes.length;
	const both = { name: 'snapshot + restore, 1 MiB dirty', value: of('record') + of('restore'), unit: 'ms' };
	return [
		limited('snapshot, 1 MiB dirty: find, copy, sum up', 'ms', of('record'), 1.5),
		limited('restore, 1 MiB: check, fresh instance, write back', 'ms', of('restore'), 1.5),
		limited(both.name, both.unit, both.value, 1.5),
		figure({ ...both, peer: 'copies into a buffer and a memory', peerValue: of('copies') }),
		limited(
			'the same, packed on the same thread',
			'ms',
			of('record') + of('pack') + of('restore packed'),
			1.5,
		),
		limited('1 MiB of heap, packed', 'MiB', packed.length / bytes.length, 1),
	];
}

async function sleepFigures(): Promise<Figure[]> {
	const { component } = await makeProbe();
	const folder = await mkdtemp(join(tmpdir(), 'mullion-bench-'));
	try {
		const { directory } = await createModule({ name: 'doorbell', parent: folder });
		const [small] = await buildModule({ directory });
		if (small === undefined) throw new Error('the small service was not built');
		const doorbell = await prepareComponent(small.bytes, { provided: allImports });
		return [
			limited('a new service, asleep', 'KiB', asleep(doorbell).length / 1024, 5),
			limited('the probe, asleep', 'KiB', asleep(component).length / 1024, 5),
			limited('the probe, from sleep to its first effect', 'ms', wakeMs(component), 1),
		];
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

const now = 1_700_000_000_000_000n;

function link({ module, encoding }: PreparedComponent, image?: LinkOptions['image']): DirectGuest {
	const host = { log: { write: () => undefined }, keyValue: { get: () => undefined } };
	return linkService({ module, encoding, host, mostBytes: 1_000_000, fuel: fuelFor(500), image });
}

function asleep(component: PreparedComponent): Uint8Array {
	const { manifest } = component;
	const guest = link(component);
	const topics = topicGrants(manifest).map(({ name }) => name);
	guest.start(now, { vm: 1, config: manifest.config.bytes, topics, baseband: '' });
	guest.rest();
	return hibernate(guest.state, { ...reading, turn: 1 });
}

function wakeMs(component: PreparedComponent): number {
	const bytes = asleep(component);
	const topic = topicGrants(component.manifest).findIndex(({ name }) => name === 'probe.echo');
	const val = { topic, sender: 2, correlation: 0, payload: new Uint8Array(64) };
	const times = Array.from({ length: rounds }, () => {
		const startedAt = performance.now();
		const result = link(component, wake(bytes, reading).image).turn(now, [{ tag: 'message', val }]);
		if (result.val.length !== 1) throw new Error('the probe woke and said nothing');
		return performance.now() - startedAt;
	});
	return median(times);
}
