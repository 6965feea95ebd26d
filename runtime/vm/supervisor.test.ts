import test, { type ExecutionContext } from 'ava';
import { threadedCells } from '../../firmware/hal/cell-thread.ts';
import { systemClock } from '../../firmware/hal/clock.ts';
import { makeProbe, type Order } from '../../modules/probe/testbed.ts';
import { BusError, Hub } from '../bus/hub.ts';
import { Allowances } from '../capability/allowances.ts';
import { clock as clockCapability } from '../capability/clock.ts';
import { keyValue } from '../capability/key-value.ts';
import { Capabilities } from '../capability/link-vm.ts';
import { log } from '../capability/log.ts';
import { networkStream } from '../capability/network-stream.ts';
import { SimulatedStreams } from '../capability/simulated-streams.ts';
import type { Clock } from '../clock.ts';
import { decodeComponent } from '../component/decode.ts';
import { withoutChecks } from '../component/instrument/testbed.ts';
import { withManifest } from '../component/prepare.ts';
import { ManualClock } from '../manual-clock.ts';
import { MemoryDirectory } from '../memory-directory.ts';
import type { CellHost } from './cell-host.ts';
import { inlineCells } from './inline-cell.ts';
import type { VmState } from './lifecycle.ts';
import type { RestartOptions } from './restart-policy.ts';
import type { VmView } from './supervised.ts';
import { Supervisor } from './supervisor.ts';

const probe = await makeProbe();
const allowances = await Allowances.open({ directory: new MemoryDirectory(), clock: new ManualClock() });

interface Options {
	readonly clock: Clock;
	readonly cells: CellHost;
	readonly restart?: RestartOptions;
}

/** A supervisor with probes, and ways to wait for what they do. */
function platform(t: ExecutionContext, { clock, cells, restart = {} }: Options) {
	const hub = new Hub();
	const watchers = new Set<(vm: VmView) => void>();
	const lines: string[] = [];
	const overruns: string[] = [];
	const crashes: string[] = [];
	const supervisor = new Supervisor({
		clock,
		cells,
		hub,
		capabilities: new Capabilities([
			log,
			clockCapability,
			keyValue(new MemoryDirectory()),
			networkStream({ streams: new SimulatedStreams(), allowances }),
		]),
		restart,
		watchMs: 20,
		on: {
			transition: (vm) => {
				for (const watcher of watchers) watcher(vm);
			},
			log: (vm, { text }) => lines.push(`${vm.name}: ${text}`),
			overrun: (vm, { budget, count }) => overruns.push(`${vm.name} ${budget} ${count}`),
			fault: (vm, { code }) => crashes.push(`${vm.name} ${code}`),
		},
	});
	t.teardown(() => supervisor.close());
	const words: string[] = [];
	const wordWaiters: (() => void)[] = [];
	hub.listen('probe.out', ({ payload }) => {
		words.push(probe.word(payload).text);
		for (const wake of wordWaiters.splice(0)) wake();
	});
	return {
		hub,
		supervisor,
		lines,
		overruns,
		crashes,
		words,
		start: async (name: string): Promise<void> => {
			supervisor.start({ name, component: probe.component, baseband: '' });
			await supervisor.settled(name);
		},
		order: (order: Order) => hub.publish('probe.order', probe.order(order)),
		askToLoop: (name: string): Promise<Uint8Array> =>
			hub.request({
				vm: supervisor.view(name)?.id ?? 0,
				topic: 'probe.order',
				payload: probe.order({ what: 'loop' }),
				deadlineMs: 60_000,
			}),
		reached: (name: string, state: VmState): Promise<VmView> =>
			new Promise((resolve) => {
				const check = (vm: VmView): void => {
					if (vm.name !== name || vm.state !== state) return;
					watchers.delete(check);
					resolve(vm);
				};
				watchers.add(check);
			}),
		said: async (count: number): Promise<string[]> => {
			while (words.length < count) await new Promise<void>((resolve) => wordWaiters.push(resolve));
			return words;
		},
	};
}

test('a VM that fails comes back after a pause, with its neighbours untouched', async (t) => {
	const clock = new ManualClock();
	const bed = platform(t, { clock, cells: inlineCells(clock) });
	await bed.start('one');
	const failed = bed.reached('one', 'backing-off');
	bed.order({ what: 'trap' });
	t.regex((await failed).reason, /^trapped: .*/);
	const back = bed.reached('one', 'running');
	clock.advance(100);
	t.is((await back).restarts, 1);
});

test('a box in which nothing runs looks at its cells a tenth as often, until something is sent to one', async (t) => {
	const time = new ManualClock();
	let fired = 0;
	const clock: Clock = {
		now: () => time.now(),
		after: (ms, fire) =>
			time.after(ms, () => {
				fired++;
				fire();
			}),
	};
	const firedIn = (ms: number): number => {
		const before = fired;
		time.advance(ms);
		return fired - before;
	};
	const bed = platform(t, { clock, cells: inlineCells(clock) });
	await bed.start('one');
	time.advance(1000);

	t.is(firedIn(10_000), 50);
	bed.order({ what: 'count' });
	t.deepEqual(await bed.said(1), ['orders']);
	t.is(firedIn(20), 1);
});

test('a VM is stopped even while it is being linked, when its cell has never heard of it', async (t) => {
	const clock = new ManualClock();
	const { supervisor } = platform(t, { clock, cells: inlineCells(clock) });
	supervisor.start({ name: 'one', component: probe.component, baseband: '' });
	await supervisor.stop('one');
	t.is(supervisor.view('one')?.state, 'stopped');

	supervisor.start({ name: 'two', component: probe.component, baseband: '' });
	await supervisor.settled('two');
	supervisor.start({ name: 'one', component: probe.component, baseband: '' });
	await supervisor.remove('one');
	t.deepEqual(
		supervisor.views().map(({ name }) => name),
		['two'],
	);
});

test('a VM that is restarted while it is being linked is started once', async (t) => {
	const clock = new ManualClock();
	const bed = platform(t, { clock, cells: inlineCells(clock) });
	bed.supervisor.start({ name: 'one', component: probe.component, baseband: '' });
	await bed.supervisor.restart('one');
	await bed.supervisor.settled('one');

	bed.order({ what: 'count' });
	t.deepEqual(await bed.said(1), ['orders']);
	t.is(bed.supervisor.view('one')?.state, 'running');
});

test('a VM that fails too often is parked, with the reason, and can be started by hand', async (t) => {
	const clock = new ManualClock();
	const bed = platform(t, { clock, cells: inlineCells(clock), restart: { mostFailures: 1 } });
	await bed.start('one');
	const failed = bed.reached('one', 'backing-off');
	bed.order({ what: 'trap' });
	await failed;
	const parked = bed.reached('one', 'parked');
	// The message that ended the turn waits for the VM, and ends its next turn too.
	clock.advance(100);
	t.regex((await parked).reason, /^failed too often; last: trapped/);
	await bed.start('one');
	t.is(bed.supervisor.view('one')?.state, 'running');
});

test('a request to a VM that is stopped is refused', async (t) => {
	const clock = new ManualClock();
	const bed = platform(t, { clock, cells: inlineCells(clock) });
	await bed.start('one');
	const payload = probe.order({ what: 'count' });
	const answer = bed.hub.request({ topic: 'probe.order', payload, deadlineMs: 60_000 });
	const refused = t.throwsAsync(answer, { instanceOf: BusError });
	await bed.said(1);
	await bed.supervisor.stop('one');
	t.is((await refused)?.code, 'refused');
	const later = bed.hub.request({ topic: 'probe.order', payload, deadlineMs: 60_000 });
	t.is((await t.throwsAsync(later, { instanceOf: BusError }))?.code, 'denied');
});

test('a thousand starts and stops leave nothing behind', async (t) => {
	const clock = new ManualClock();
	const bed = platform(t, { clock, cells: inlineCells(clock) });
	for (let round = 0; round < 1000; round++) {
		await bed.start('one');
		await bed.supervisor.remove('one');
	}
	t.deepEqual(bed.supervisor.views(), []);
	t.is(bed.hub.subscribers('probe.order'), 0);
});

test('what a VM has exceeded and failed with is kept over its restarts, and told when it is news', async (t) => {
	const clock = new ManualClock();
	const bed = platform(t, { clock, cells: inlineCells(clock) });
	await bed.start('one');
	for (let round = 0; round < 3; round++) {
		const failed = bed.reached('one', 'backing-off');
		bed.order({ what: 'flood', count: 513 });
		await failed;
		await bed.supervisor.restart('one');
		await bed.supervisor.settled('one');
	}
	const view = bed.supervisor.view('one');
	t.deepEqual(view?.faults, { flooded: 3 });
	t.like(view?.overruns, [
		{ budget: 'effects', count: 3, detail: 'one returned 513 effects; its budget is 512' },
	]);
	t.deepEqual(bed.overruns, ['one effects 1', 'one effects 2']);
	t.deepEqual(bed.crashes, ['one flooded', 'one flooded', 'one flooded']);
});

test('messages that found no room are an overrun of the inbox', async (t) => {
	const clock = new ManualClock();
	const bed = platform(t, { clock, cells: inlineCells(clock) });
	const { manifest } = probe.component;
	const budget = { ...manifest.budget, inboxMessages: 2 };
	const component = withManifest(probe.component, { ...manifest, budget });
	bed.supervisor.start({ name: 'narrow', component, baseband: '' });
	await bed.supervisor.settled('narrow');
	for (let left = 5; left > 0; left--) bed.order({ what: 'count' });
	await bed.said(2);
	await bed.supervisor.count();
	t.like(bed.supervisor.view('narrow'), { overruns: [{ budget: 'inbox', count: 3 }] });
});

test('on a thread: a turn that never ends is ended by its budget, and its neighbour counts on', async (t) => {
	const bed = platform(t, { clock: systemClock(), cells: threadedCells() });
	await bed.start('looper');
	await bed.start('neighbour');
	bed.order({ what: 'count' });
	await bed.said(2);
	const failed = bed.reached('looper', 'backing-off');
	const refused = t.throwsAsync(bed.askToLoop('looper'), { instanceOf: BusError });
	t.regex((await failed).reason, /^over-budget: .* budget of 200 ms/);
	// A second chance, and then it is set aside.
	t.is((await refused)?.code, 'refused');
	t.is(bed.supervisor.view('looper')?.restarts, 1);
	t.is(bed.supervisor.view('neighbour')?.restarts, 0);
	t.is(bed.supervisor.cells()[0]?.restarts, 0);
});

test('on a thread: a turn that even the checks do not end is ended with its cell, and all come back', async (t) => {
	const bed = platform(t, { clock: systemClock(), cells: threadedCells() });
	const { core } = decodeComponent(probe.built.bytes);
	const module = new WebAssembly.Module(withoutChecks(core));
	bed.supervisor.start({ name: 'looper', component: { ...probe.component, module }, baseband: '' });
	await bed.supervisor.settled('looper');
	await bed.start('neighbour');
	const back = bed.reached('neighbour', 'running');
	const failed = bed.reached('looper', 'backing-off');
	const again = bed.reached('looper', 'running');
	const refused = t.throwsAsync(bed.askToLoop('looper'), { instanceOf: BusError });
	t.regex((await failed).reason, /^over-budget: a turn took longer than 1800 ms/);
	t.is((await refused)?.code, 'refused');
	t.regex((await back).reason, /first turn done/);
	t.is((await again).restarts, 1);
	bed.order({ what: 'count' });
	t.deepEqual(await bed.said(2), ['orders', 'orders']);
	t.is(bed.supervisor.cells()[0]?.restarts, 1);
});

test('on a thread: stopping while a turn never ends still ends', async (t) => {
	const bed = platform(t, { clock: systemClock(), cells: threadedCells() });
	await bed.start('looper');
	bed.order({ what: 'loop' });
	await bed.supervisor.stop('looper');
	t.is(bed.supervisor.view('looper')?.state, 'stopped');
});

test('on a thread: messages arrive whole and in order', async (t) => {
	const bed = platform(t, { clock: systemClock(), cells: threadedCells() });
	await bed.start('one');
	bed.order({ what: 'chain', count: 500 });
	t.deepEqual(
		await bed.said(501),
		Array.from({ length: 501 }, (_, at) => String(500 - at)),
	);
});
