import test, { type ExecutionContext } from 'ava';
import { threadedCells } from '../../firmware/hal/cell-thread.ts';
import { systemClock } from '../../firmware/hal/clock.ts';
import { makeProbe, type Order, type Word } from '../../modules/probe/testbed.ts';
import { Hub } from '../bus/hub.ts';
import { clock as clockCapability } from '../capability/clock.ts';
import { keyValue } from '../capability/key-value.ts';
import { Capabilities } from '../capability/link-vm.ts';
import { log } from '../capability/log.ts';
import type { Clock } from '../clock.ts';
import { withManifest } from '../component/prepare.ts';
import { ManualClock } from '../manual-clock.ts';
import { MemoryDirectory } from '../memory-directory.ts';
import { parseManifest } from '../module/manifest.ts';
import type { CellHost } from './cell-host.ts';
import { VmError } from './error.ts';
import { inlineCells } from './inline-cell.ts';
import { Supervisor } from './supervisor.ts';

const probe = await makeProbe();
const systemTime = systemClock();
const budget = { memoryPages: 64, turnMs: 200, inboxMessages: 1024, effectsPerTurn: 512 };

function box(t: ExecutionContext, cells: CellHost, clock: Clock = systemTime) {
	const hub = new Hub();
	const capabilities = new Capabilities([log, clockCapability, keyValue(new MemoryDirectory())]);
	const supervisor = new Supervisor({ clock, cells, hub, capabilities });
	t.teardown(() => supervisor.close());
	const words = new Map<string, Word[]>();
	const waiting = new Set<() => void>();
	hub.listen('probe.out', ({ sender, payload }) => {
		const name = supervisor.views().find(({ id }) => id === sender)?.name ?? '';
		words.set(name, [...(words.get(name) ?? []), probe.word(payload)]);
		for (const check of waiting) check();
	});
	return {
		supervisor,
		wordsOf: (name: string) => words.get(name) ?? [],
		/** Resolves when the VM has said so much. */
		said: (name: string, count: number) =>
			new Promise<void>((resolve) => {
				const check = (): void => {
					if ((words.get(name)?.length ?? 0) < count) return;
					waiting.delete(check);
					resolve();
				};
				waiting.add(check);
				check();
			}),
		order: (topic: string, order: Order) => hub.publish(topic, probe.order(order)),
		start: async (name: string, change: object = {}) => {
			const hears = { [`${name}.order`]: 'probe.Order', 'both.order': 'probe.Order' };
			const manifest = parseManifest({
				name,
				version: '1.0.0',
				vendor: 'test',
				publishes: { 'probe.out': 'probe.Word', 'probe.order': 'probe.Order', ...hears },
				subscribes: hears,
				capabilities: { 'key-value': { maxBytes: 1024 } },
				budget,
				...change,
			});
			supervisor.start({ name, component: withManifest(probe.component, manifest), baseband: '' });
			t.is((await supervisor.settled(name)).state, 'running');
		},
	};
}

const hosts: Record<string, () => CellHost> = {
	'on one thread': () => inlineCells(systemTime),
	'on threads': () => threadedCells(),
};

for (const [where, host] of Object.entries(hosts)) {
	test(`a VM that is moved to and fro ${where} gets everything once, in order, and loses nothing`, async (t) => {
		const { supervisor, start, order, said, wordsOf } = box(t, host());
		for (const name of ['near', 'far']) await start(name);
		const { cell: home } = supervisor.view('far') ?? t.fail();
		// Each link of the chain is heard by both, and each of them says two that follow.
		const links = 9;
		order('both.order', { what: 'chain', count: links });
		const total = 2 ** (links + 1) - 1;
		for (let move = 0; move < 6; move++) {
			await supervisor.move('far', move % 2 === 0 ? 'open-apart' : home);
			t.is(supervisor.view('far')?.cell, move % 2 === 0 ? 'open-apart' : home);
		}
		for (const name of ['near', 'far']) {
			await said(name, total);
			t.deepEqual(
				wordsOf(name).map(({ count }) => count),
				Array.from({ length: total }, (_, at) => at + 1),
				name,
			);
		}
	});

	test(`timers and what it has stored go with a VM ${where}`, async (t) => {
		const { supervisor, start, order, said, wordsOf } = box(t, host());
		await start('far');
		order('far.order', { what: 'put', text: 'key', count: 3 });
		order('far.order', { what: 'after', text: 'bell', count: 30 });
		await supervisor.move('far', 'open-apart');
		order('far.order', { what: 'get', text: 'key' });
		await said('far', 2);
		const texts = wordsOf('far').map(({ text }) => text);
		t.deepEqual(texts.toSorted(), ['something', 'timer bell']);
	});
}

test('what a VM has asked ends with "refused" when it is moved', async (t) => {
	const time = new ManualClock();
	const { supervisor, start, order, said, wordsOf } = box(t, inlineCells(time), time);
	await start('far');
	await start('server', { subscribes: { 'probe.order': 'probe.Order', 'server.order': 'probe.Order' } });
	// It is down for a while, so that what it is asked waits.
	order('server.order', { what: 'trap' });
	order('far.order', { what: 'ask', count: 60_000 });
	await supervisor.move('far', 'open-apart');
	await said('far', 1);
	t.deepEqual(
		wordsOf('far').map(({ text }) => text),
		['failed 2'],
	);
});

test('a VM is not moved where it may not go, and stays where it is', async (t) => {
	const { supervisor, start, order, said } = box(t, inlineCells(systemTime));
	await start('far');
	await start('guarded', { domain: 'authorized' });
	const { cell } = supervisor.view('guarded') ?? t.fail();
	const codeOf = async (attempt: Promise<void>) =>
		(await t.throwsAsync(attempt, { instanceOf: VmError }))?.code;
	t.is(await codeOf(supervisor.move('far', cell)), 'denied');
	t.is(await codeOf(supervisor.move('nobody', 'open-apart')), 'vm-gone');
	order('far.order', { what: 'count' });
	await said('far', 1);
});
