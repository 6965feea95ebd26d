import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { makeProbe, type Order } from '../../modules/probe/testbed.ts';
import { Hub } from '../bus/hub.ts';
import { topicGrants } from '../bus/policy.ts';
import { clock as clockCapability } from '../capability/clock.ts';
import { keyValue } from '../capability/key-value.ts';
import { Capabilities } from '../capability/link-vm.ts';
import { log } from '../capability/log.ts';
import { withManifest } from '../component/prepare.ts';
import { ManualClock } from '../manual-clock.ts';
import { MemoryDirectory } from '../memory-directory.ts';
import { type Manifest, parseManifest } from '../module/manifest.ts';
import { bed, type CellBed, specOf } from './cell.fixture.ts';
import { inlineCells } from './inline-cell.ts';
import { Supervisor } from './supervisor.ts';

const probe = await makeProbe();
const order = (what: Order): Uint8Array => probe.order(what);

const suspend = (vm: number) => ({ tag: 'suspend', vm }) as const;
const resume = (vm: number) => ({ tag: 'resume', vm }) as const;

async function countsOf(cell: CellBed) {
	await cell.do({ tag: 'count' });
	return (await cell.reports()).findLast((report) => report.tag === 'counts')?.vms ?? [];
}

test('a suspended VM does nothing; what came meanwhile is done in order when it goes on', async (t) => {
	const cell = await bed(t);
	await cell.start(1);
	await cell.order({ what: 'count' });
	await cell.do(suspend(1));
	await cell.order({ what: 'refuse' });
	await cell.order({ what: 'get', text: 'key' });
	await cell.order({ what: 'count' });
	t.deepEqual(await cell.words(), ['orders']);
	t.true(((await countsOf(cell))[0]?.memoryBytes ?? 0) < 32_768, 'it takes a few kilobytes');
	await cell.do(resume(1));
	t.deepEqual(await cell.words(), ['orders', 'nothing', 'orders']);
});

test('its timers stand still with it, and are due when it goes on', async (t) => {
	const cell = await bed(t);
	await cell.start(1);
	await cell.order({ what: 'after', count: 1000, text: 'soon' });
	await cell.order({ what: 'after', count: 9000, text: 'late' });
	await cell.order({ what: 'every', count: 400, text: 'often' });
	await cell.do(suspend(1));
	cell.clock.advance(5000);
	t.deepEqual(await cell.words(), []);
	t.is((await countsOf(cell))[0]?.inboxLength, 0);
	await cell.do(resume(1));
	cell.clock.advance(1);
	// Once, however often it would have been.
	t.deepEqual(await cell.words(), ['timer often', 'timer soon']);
	cell.clock.advance(400);
	cell.clock.advance(3600);
	t.true((await cell.words()).includes('timer late'));
});

test('nobody stands still for a suspended VM: of what finds no room the oldest goes', async (t) => {
	const cell = await bed(t);
	const { budget } = specOf(1);
	const subscribes = { 'probe.flood': 'probe.Order' };
	const hears = parseManifest({ name: 'a', version: '1.0.0', vendor: 'v', subscribes });
	const says = parseManifest({
		...{ name: 'b', version: '1.0.0', vendor: 'v', subscribes: { 'probe.order': 'probe.Order' } },
		publishes: { 'probe.flood': 'probe.Order', 'probe.out': 'probe.Word' },
	});
	await cell.start(1, { topics: topicGrants(hears), budget: { ...budget, inboxMessages: 4 } });
	await cell.start(2, { topics: topicGrants(says) });
	await cell.do(suspend(1));
	await cell.order({ what: 'flood', count: 20, text: 'probe.flood' });
	await cell.order({ what: 'count' });
	t.deepEqual(await cell.words(), ['orders'], 'the sender goes on');
	t.like((await countsOf(cell))[0], { vm: 1, inboxLength: 4, dropped: 16 });
});

test('who stood still for room goes on when the receiver is suspended', async (t) => {
	const cell = await bed(t);
	const { budget } = specOf(1);
	const subscribes = { 'probe.flood': 'probe.Order' };
	const hears = parseManifest({ name: 'a', version: '1.0.0', vendor: 'v', subscribes });
	const says = parseManifest({
		...{ name: 'b', version: '1.0.0', vendor: 'v', subscribes: { 'probe.order': 'probe.Order' } },
		publishes: { 'probe.flood': 'probe.Order', 'probe.out': 'probe.Word' },
	});
	await cell.start(1, { topics: topicGrants(hears), budget: { ...budget, inboxMessages: 4 } });
	await cell.start(2, { topics: topicGrants(says) });
	cell.post({
		tag: 'publish',
		topic: 'probe.order',
		sender: 0,
		payload: order({ what: 'flood', count: 20, text: 'probe.flood' }),
	});
	await cell.do(suspend(1));
	await cell.order({ what: 'count' });
	t.deepEqual(await cell.words(), ['orders']);
});

function box(t: ExecutionContext) {
	const clock = new ManualClock();
	const hub = new Hub();
	let why: string | undefined;
	const told: string[] = [];
	const supervisor = new Supervisor({
		clock,
		cells: inlineCells(clock),
		hub,
		capabilities: new Capabilities([log, clockCapability, keyValue(new MemoryDirectory())]),
		standstill: ({ name }: Manifest) => (name === 'one' ? why : undefined),
		on: { transition: (vm, { to }) => told.push(`${vm.name} ${to}`) },
	});
	t.teardown(() => supervisor.close());
	const words: string[] = [];
	const waiting = new Set<() => void>();
	hub.listen('probe.out', ({ payload }) => {
		words.push(probe.word(payload).text);
		for (const wake of waiting) wake();
	});
	const { 'network-stream': _, ...capabilities } = probe.component.manifest.capabilities;
	return {
		clock,
		supervisor,
		words,
		told,
		start: (name: string) => {
			const manifest = { ...probe.component.manifest, name, capabilities };
			supervisor.start({ name, component: withManifest(probe.component, manifest), baseband: '' });
			return supervisor.settled(name);
		},
		hold: (reason: string | undefined) => {
			why = reason;
			supervisor.reconsider();
		},
		order: (what: Order) => hub.publish('probe.order', order(what)),
		said: async (count: number): Promise<void> => {
			while (words.length < count) {
				const { promise, resolve } = Promise.withResolvers<void>();
				waiting.add(resolve);
				await promise;
				waiting.delete(resolve);
			}
		},
	};
}

test('a VM that may not run is suspended with the reason, and its neighbours go on', async (t) => {
	const { supervisor, start, hold, order, said, words, told } = box(t);
	await start('one');
	await start('two');
	hold('the mains are lost');
	t.like(supervisor.view('one'), { state: 'suspended', reason: 'the mains are lost' });
	order({ what: 'count' });
	await said(1);
	t.is(words.length, 1);
	hold(undefined);
	await said(2);
	t.is(supervisor.view('one')?.state, 'running');
	t.deepEqual(told.filter((what) => what.startsWith('one')).slice(0, 3), [
		'one starting',
		'one running',
		'one suspended',
	]);
});

test('one that may not run is not started before it may', async (t) => {
	const { supervisor, start, hold, order, said, told } = box(t);
	hold('its device is not there');
	t.like(await start('one'), { state: 'suspended', reason: 'its device is not there' });
	t.deepEqual(told, ['one suspended']);
	hold(undefined);
	t.is((await supervisor.settled('one')).state, 'running');
	order({ what: 'count' });
	await said(1);
});

test('what is said to a suspended VM waits for its next version, which may not run either yet', async (t) => {
	const { supervisor, start, hold, order, said, words } = box(t);
	await start('one');
	hold('why');
	order({ what: 'count' });
	await supervisor.vacate('one');
	order({ what: 'count' });
	t.is((await start('one')).state, 'suspended');
	order({ what: 'count' });
	hold(undefined);
	await said(3);
	t.deepEqual(words, ['orders', 'orders', 'orders']);
	t.is(supervisor.view('one')?.state, 'running');
});

test('a suspended VM can be stopped, and one that fails stays suspended', async (t) => {
	const { supervisor, start, hold, order, words, clock } = box(t);
	await start('one');
	hold('why');
	await supervisor.stop('one');
	t.is(supervisor.view('one')?.state, 'stopped');
	hold(undefined);
	t.is(supervisor.view('one')?.state, 'stopped', 'what was stopped is not started by the way');
	await start('one');
	order({ what: 'trap' });
	order({ what: 'count' });
	while (supervisor.view('one')?.state !== 'backing-off') await new Promise(setImmediate);
	hold('why');
	clock.advance(60_000);
	t.is(supervisor.view('one')?.state, 'suspended');
	hold(undefined);
	t.is((await supervisor.settled('one')).state, 'running');
	// Alone the message ends a second turn, and is set aside.
	for (; words.length === 0; clock.advance(1000)) await new Promise(setImmediate);
	t.deepEqual(words, ['orders']);
});

test('in whatever order it is suspended, let go on and told, it does all that it is told once', async (t) => {
	const step = fc.oneof(
		{ weight: 3, arbitrary: fc.constant('order' as const) },
		fc.constantFrom('hold' as const, 'go-on' as const, 'move' as const, 'tick' as const),
	);
	await fc.assert(
		fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
			const { supervisor, start, hold, order, said, words, clock } = box(t);
			await start('one');
			let told = 0;
			for (const what of steps) {
				if (what === 'order') {
					order({ what: 'count' });
					told++;
				} else if (what === 'hold') hold('why');
				else if (what === 'go-on') hold(undefined);
				else if (what === 'tick') clock.advance(100);
				else await new Promise(setImmediate);
				if (supervisor.view('one')?.state === 'suspended' && words.length > told) return false;
			}
			hold(undefined);
			await said(told);
			await supervisor.close();
			return words.length === told;
		}),
		{ numRuns: 60 },
	);
	t.pass();
});
