import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { makeProbe } from '../../modules/probe/testbed.ts';
import { Hub } from '../bus/hub.ts';
import { clock as clockCapability } from '../capability/clock.ts';
import { keyValue } from '../capability/key-value.ts';
import { Capabilities } from '../capability/link-vm.ts';
import { log } from '../capability/log.ts';
import { withManifest } from '../component/prepare.ts';
import { CodedError, codeOf } from '../error.ts';
import { ManualClock } from '../manual-clock.ts';
import { MemoryDirectory } from '../memory-directory.ts';
import { inlineCells } from '../vm/inline-cell.ts';
import { isUp } from '../vm/lifecycle.ts';
import { Supervisor } from '../vm/supervisor.ts';
import { Expansion } from './expansion.ts';
import { provision, provisionEvents, provisionStates } from './provision.ts';
import { SimulatedUsb } from './simulated-usb.ts';

const probe = await makeProbe();
const meter = '1a86:7523';
const other = '0403:6001';

interface BoxOptions {
	/** Kinds of devices that the repository has a module for. */
	readonly offered?: readonly string[];
	readonly allowed?: readonly string[];
	readonly plugged?: readonly string[];
}

/** A box with probes for devices, in a world where the cloud comes and goes. */
function box(
	t: ExecutionContext,
	{ offered = [meter], allowed = [meter, other], plugged = [] }: BoxOptions = {},
) {
	const clock = new ManualClock();
	const hub = new Hub();
	const usb = new SimulatedUsb();
	plugged.forEach((id, at) => void usb.plug(`1-${at + 1}`, id));
	const installed = new Map<string, string>();
	let isCloudUp = true;
	let fetches = 0;
	const told: string[] = [];
	const supervisor = new Supervisor({
		clock,
		cells: inlineCells(clock),
		hub,
		capabilities: new Capabilities([log, clockCapability, keyValue(new MemoryDirectory())]),
		standstill: (manifest) => expansion.standstill(manifest),
		on: {
			transition: (vm) => {
				if (vm.state !== 'running') return;
				t.is(expansion.standstill({ usb: [meter] }), undefined, 'it runs with its device only');
			},
		},
	});
	t.teardown(() => supervisor.close());
	const expansion: Expansion = new Expansion({
		clock,
		usb,
		mayInstall: (id) => allowed.includes(id),
		servedBy: (id) => installed.get(id),
		fetchModule: async ({ id, signal }) => {
			fetches++;
			await new Promise(setImmediate);
			signal.throwIfAborted();
			if (!isCloudUp) throw new CodedError('repository-unreachable', 'nobody answers');
			if (!offered.includes(id)) return undefined;
			const { 'network-stream': _, ...capabilities } = probe.component.manifest.capabilities;
			const manifest = { ...probe.component.manifest, name: 'meter', usb: [id], capabilities };
			installed.set(id, 'meter');
			supervisor.start({ name: 'meter', component: withManifest(probe.component, manifest), baseband: '' });
			return 'meter';
		},
		on: {
			plugged: ({ port, id }) => told.push(`plugged ${port} ${id}`),
			unplugged: ({ port, id }) => told.push(`unplugged ${port} ${id}`),
			changed: () => supervisor.reconsider(),
			served: ({ id, module }) => told.push(`served ${id} ${module}`),
			trouble: (error) => told.push(codeOf(error)),
		},
	});
	t.teardown(() => expansion.close());
	expansion.start();
	let counted = 0;
	const waiting = new Set<() => void>();
	hub.listen('probe.out', ({ payload }) => {
		counted = Math.max(counted, probe.word(payload).count);
		for (const wake of waiting) wake();
	});
	return {
		clock,
		usb,
		supervisor,
		expansion,
		told,
		fetches: () => fetches,
		cloud: (isUp: boolean) => {
			isCloudUp = isUp;
			if (isUp) expansion.askAgain();
		},
		/** All that follows from what was done. */
		settled: async () => {
			for (let left = 12; left > 0; left--) await new Promise(setImmediate);
		},
		count: () => hub.publish('probe.order', probe.order({ what: 'count' })),
		counted: async (count: number): Promise<void> => {
			while (counted < count) {
				const { promise, resolve } = Promise.withResolvers<void>();
				waiting.add(resolve);
				await promise;
			}
		},
	};
}

test('a device that is plugged in has its module fetched and started, is parked without it, and goes on', async (t) => {
	const { usb, supervisor, told, settled, count, counted, fetches } = box(t);
	usb.plug('1-1', meter);
	await settled();
	t.deepEqual(told, [`plugged 1-1 ${meter}`, `served ${meter} meter`]);
	t.is((await supervisor.settled('meter')).state, 'running');
	count();
	await counted(1);
	usb.unplug('1-1');
	await settled();
	t.like(supervisor.view('meter'), { state: 'suspended', reason: `its device is not plugged in: ${meter}` });
	usb.plug('1-2', meter);
	count();
	await counted(2);
	t.is(fetches(), 1);
});

test('of two that are the same one VM serves both, as long as one is there', async (t) => {
	const { usb, supervisor, settled, fetches } = box(t, { plugged: [meter, meter] });
	await settled();
	t.is(fetches(), 1);
	t.is(supervisor.views().length, 1);
	usb.unplug('1-1');
	await settled();
	t.is(supervisor.view('meter')?.state, 'running');
	usb.unplug('1-2');
	await settled();
	t.is(supervisor.view('meter')?.state, 'suspended');
});

test('what cannot be fetched is fetched when the cloud is back, and told of once', async (t) => {
	const { usb, told, cloud, settled, clock } = box(t);
	cloud(false);
	usb.plug('1-1', meter);
	await settled();
	for (let tries = 3; tries > 0; tries--) {
		clock.advance(60_000);
		await settled();
	}
	t.is(told.filter((what) => what === 'repository-unreachable').length, 1);
	cloud(true);
	await settled();
	t.is(told.at(-1), `served ${meter} meter`);
});

test('a device that nothing serves, or that no rule allows, is told of and left alone', async (t) => {
	const { told, settled, expansion, supervisor, fetches } = box(t, {
		allowed: [other],
		plugged: [other, meter],
	});
	await settled();
	t.deepEqual(told.filter((what) => what.startsWith('device-')).sort(), ['device-denied', 'device-unserved']);
	t.is(fetches(), 1);
	t.deepEqual(supervisor.views(), []);
	t.like(expansion.provisions(), [
		{ id: other, state: 'unserved' },
		{ id: meter, state: 'denied' },
	]);
});

test('of a hundred devices the first thirty-two are used', async (t) => {
	const { expansion, told, settled } = box(t, { plugged: Array.from({ length: 100 }, () => other) });
	await settled();
	t.is(expansion.devices().length, 32);
	t.is(told.filter((what) => what === 'too-many-devices').length, 1);
});

test('a device that is gone is absent, whatever its module was doing', (t) => {
	for (const state of provisionStates)
		if (state !== 'absent') t.is(provision[state].unplugged, 'absent', state);
	t.true(provisionEvents.every((event) => Object.values(provision).some((row) => row[event] !== undefined)));
});

test('in whatever order devices and the cloud come and go, none runs without its device and none forgets', async (t) => {
	const step = fc.oneof(
		fc.record({
			what: fc.constantFrom('plug', 'unplug'),
			port: fc.constantFrom('1-1', '1-2'),
			id: fc.constantFrom(meter, other),
		}),
		fc.record({ what: fc.constantFrom('cloud up', 'cloud down', 'minutes pass', 'count', 'wait') }),
	);
	await fc.assert(
		fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
			const { usb, cloud, clock, settled, count, counted, supervisor, expansion } = box(t);
			let due = 0;
			for (const each of steps) {
				if ('port' in each) each.what === 'plug' ? usb.plug(each.port, each.id) : usb.unplug(each.port);
				else if (each.what === 'minutes pass') clock.advance(120_000);
				else if (each.what === 'wait') await settled();
				else if (each.what === 'count') {
					// Who is not there yet has nothing to forget.
					if (['running', 'suspended'].includes(supervisor.view('meter')?.state ?? '')) due++;
					count();
				} else cloud(each.what === 'cloud up');
			}
			await settled();
			const hasMeter = expansion.devices().some(({ id }) => id === meter);
			if (!hasMeter) t.not(supervisor.view('meter')?.state, 'running');
			cloud(true);
			usb.plug('2-1', meter);
			await settled();
			t.true(isUp((await supervisor.settled('meter')).state));
			await counted(due);
			expansion.close();
			await supervisor.close();
		}),
		{ numRuns: 100 },
	);
});
