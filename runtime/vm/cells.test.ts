// VMs of different cells talk to each other as those of one do.
import test, { type ExecutionContext } from 'ava';
import { threadedCells } from '../../firmware/hal/cell-thread.ts';
import { systemClock } from '../../firmware/hal/clock.ts';
import { makeProbe, type Order } from '../../modules/probe/testbed.ts';
import { Hub } from '../bus/hub.ts';
import { clock as clockCapability } from '../capability/clock.ts';
import { Capabilities } from '../capability/link-vm.ts';
import { log } from '../capability/log.ts';
import type { Clock } from '../clock.ts';
import { decodeComponent } from '../component/decode.ts';
import { withoutChecks } from '../component/instrument/testbed.ts';
import { ManualClock } from '../manual-clock.ts';
import { type Manifest, parseManifest } from '../module/manifest.ts';
import type { CellHost } from './cell-host.ts';
import { inlineCells } from './inline-cell.ts';
import type { VmState } from './lifecycle.ts';
import type { VmView } from './supervised.ts';
import { Supervisor } from './supervisor.ts';

const probe = await makeProbe();

/** A box where `near` is in one cell and `far` in another; each takes orders on `<name>.order`. */
async function box(t: ExecutionContext, { clock, cells }: { clock: Clock; cells: CellHost }) {
	const hub = new Hub();
	const watchers = new Set<(vm: VmView) => void>();
	const supervisor = new Supervisor({
		clock,
		cells,
		hub,
		capabilities: new Capabilities([log, clockCapability]),
		watchMs: 20,
		on: {
			transition: (vm) => {
				for (const watcher of watchers) watcher(vm);
			},
		},
	});
	t.teardown(() => supervisor.close());
	const words: string[] = [];
	const waiting: (() => void)[] = [];
	hub.listen('probe.out', ({ sender, payload }) => {
		words.push(`${supervisor.views().find(({ id }) => id === sender)?.name} ${probe.word(payload).text}`);
		for (const wake of waiting.splice(0)) wake();
	});
	const said = async (count: number): Promise<string[]> => {
		while (words.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
		return words.splice(0);
	};
	const start = async (
		name: string,
		{ manifest, module = probe.component.module }: { manifest: object; module?: WebAssembly.Module },
	): Promise<void> => {
		const parsed: Manifest = parseManifest({ name, version: '1.0.0', vendor: 'test', ...manifest });
		supervisor.start({ name, component: { ...probe.component, module, manifest: parsed }, baseband: '' });
		await supervisor.settled(name);
	};
	return {
		hub,
		supervisor,
		start,
		/** What has been said so far and was not taken with `said`. */
		words,
		said,
		order: (name: string, order: Order) => hub.publish(`${name}.order`, probe.order(order)),
		reached: (name: string, state: VmState): Promise<VmView> =>
			new Promise((resolve) => {
				const check = (vm: VmView): void => {
					if (vm.name !== name || vm.state !== state) return;
					watchers.delete(check);
					resolve(vm);
				};
				watchers.add(check);
			}),
	};
}

const budget = { memoryPages: 64, turnMs: 200, inboxMessages: 1024, effectsPerTurn: 4096 };
const says = { 'probe.out': 'probe.Word' };
const hears = (...topics: string[]): object =>
	Object.fromEntries(topics.map((name) => [name, 'probe.Order']));

/** Whatever is not on another thread has been done. */
async function settled(): Promise<void> {
	for (let left = 500; left > 0; left--) await undefined;
}

async function inline(t: ExecutionContext) {
	const clock = new ManualClock();
	return { clock, ...(await box(t, { clock, cells: inlineCells(clock) })) };
}

test('there is a cell for each domain and class that has VMs, and for no other', async (t) => {
	const { start, supervisor } = await inline(t);
	await start('near', { manifest: { publishes: says, subscribes: hears('near.order') } });
	await start('quick', { manifest: { priority: 'realtime' } });
	await start('far', { manifest: { domain: 'authorized' } });
	t.deepEqual(
		supervisor.cells().map(({ name }) => name),
		['open-interactive', 'open-realtime', 'authorized-interactive'],
	);
	t.is(supervisor.view('quick')?.cell, 'open-realtime');
});

test('a VM is asked by one of another cell, and answers', async (t) => {
	const { start, order, said, supervisor } = await inline(t);
	const asks = { ...says, 'probe.order': 'probe.Order' };
	await start('near', { manifest: { publishes: asks, subscribes: hears('near.order') } });
	order('near', { what: 'ask', count: 1000 });
	t.regex((await said(1))[0] ?? '', /^near failed/);
	await start('far', { manifest: { domain: 'authorized', subscribes: hears('probe.order', 'far.order') } });
	order('near', { what: 'ask', count: 1000 });
	t.deepEqual(await said(1), ['near answered an answer']);
	await supervisor.stop('far');
	order('near', { what: 'ask', count: 1000 });
	t.regex((await said(1))[0] ?? '', /^near failed/);
});

test('who asked a VM of another cell is told at once when that one is stopped', async (t) => {
	const { start, order, said, supervisor, reached } = await inline(t);
	const asks = { ...says, 'probe.order': 'probe.Order' };
	await start('near', { manifest: { publishes: asks, subscribes: hears('near.order') } });
	await start('far', { manifest: { domain: 'authorized', subscribes: hears('probe.order', 'far.order') } });
	// It is down, so that what it is asked waits.
	const down = reached('far', 'backing-off');
	order('far', { what: 'trap' });
	await down;
	order('near', { what: 'ask', count: 60_000 });
	await settled();
	await supervisor.stop('far');
	t.deepEqual(await said(1), ['near failed 2']);
});

test('a VM stands still while one of another cell has no room, and nothing is lost', async (t) => {
	const { clock, start, order, said, reached } = await inline(t);
	const tells = { ...says, 'far.order': 'probe.Word' };
	await start('near', { manifest: { publishes: tells, subscribes: hears('near.order'), budget } });
	const small = { ...budget, inboxMessages: 8 };
	await start('far', {
		manifest: { domain: 'authorized', publishes: says, subscribes: hears('far.order'), budget: small },
	});
	const down = reached('far', 'backing-off');
	order('far', { what: 'trap' });
	await down;
	for (let turn = 0; turn < 3; turn++) {
		order('near', { what: 'flood', text: 'far.order', count: 800 });
		await settled();
	}
	order('near', { what: 'count' });
	await settled();
	const downAgain = reached('far', 'backing-off');
	clock.advance(100);
	await downAgain;
	const up = reached('far', 'running');
	clock.advance(1000);
	await up;
	// Two turns filled its window; the third, and the order behind it, waited for room.
	// What it is told to flood on, it says as often as `near` has had orders.
	const words = await said(800 + 1600 + 2400 + 1);
	t.is(words.filter((word) => word === 'far flood').length, 4800);
	t.true(words.indexOf('near orders') > 0, String(words.indexOf('near orders')));
});

test('two VMs of two cells that wait for each other go on, and what had to go is counted', async (t) => {
	const { clock, start, order, supervisor, words } = await inline(t);
	const small = { ...budget, inboxMessages: 4 };
	const tells = (other: string): object => ({ ...says, [`${other}.order`]: 'probe.Word' });
	await start('near', {
		manifest: { publishes: tells('far'), subscribes: hears('near.order'), budget: small },
	});
	await start('far', {
		manifest: {
			priority: 'background',
			publishes: tells('near'),
			subscribes: hears('far.order'),
			budget: small,
		},
	});
	order('near', { what: 'flood', text: 'far.order', count: 2000 });
	order('far', { what: 'flood', text: 'near.order', count: 2000 });
	await settled();
	const areBothWell = async (): Promise<boolean> => {
		words.splice(0);
		for (const name of ['near', 'far']) order(name, { what: 'count' });
		await settled();
		return ['near orders', 'far orders'].every((word) => words.includes(word));
	};
	t.false(await areBothWell());
	for (let seconds = 0; seconds < 3; seconds++) {
		clock.advance(1000);
		await settled();
	}
	t.true(await areBothWell());
	await supervisor.count();
	t.true(supervisor.views().some(({ counts }) => (counts?.dropped ?? 0) > 0));
});

test('on threads: what one VM says to another of another cell arrives whole, also after that cell was lost', async (t) => {
	const { start, order, said, reached, supervisor } = await box(t, {
		clock: systemClock(),
		cells: threadedCells(),
	});
	const tells = { ...says, 'far.order': 'probe.Word' };
	await start('near', { manifest: { publishes: tells, subscribes: hears('near.order'), budget } });
	const module = new WebAssembly.Module(withoutChecks(decodeComponent(probe.built.bytes).core));
	await start('far', {
		manifest: { domain: 'authorized', publishes: says, subscribes: hears('far.order'), budget },
		module,
	});
	order('near', { what: 'flood', text: 'far.order', count: 2000 });
	t.deepEqual(new Set(await said(2000)), new Set(['far flood']));
	const lost = reached('far', 'backing-off');
	order('far', { what: 'loop' });
	t.regex((await lost).reason, /took longer/);
	await reached('far', 'running');
	order('near', { what: 'flood', text: 'far.order', count: 2000 });
	t.is((await said(4000)).length, 4000);
	t.deepEqual(
		supervisor.cells().map(({ restarts }) => restarts),
		[0, 1],
	);
});
