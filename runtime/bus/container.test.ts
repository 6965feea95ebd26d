// A container VM on a box: what it cannot do, and what happens while it is not there.
import test from 'ava';
import { CarrierBox, probeBytes } from './carrier-box.fixture.ts';

const carrier = 'a container VM';
const says = { 'probe.out': 'probe.Word' };
const tells = { ...says, 'far.echo': 'probe.Word', 'probe.order': 'probe.Order' };
const near = probeBytes('near', { publishes: tells });
const far = probeBytes('far', {
	subscribes: { 'far.order': 'probe.Order', 'far.echo': 'probe.Word', 'probe.order': 'probe.Order' },
});
/** A probe that carries: what it hears on a topic that ends so it says on another one. */
const carrying = (fields: object = {}) =>
	probeBytes('courier', {
		domain: 'authorized',
		carries: ['*'],
		publishes: {},
		subscribes: { 'courier.order': 'probe.Order' },
		...fields,
	});
const tell = { what: 'tell', text: 'far.echo', count: 1 } as const;

test('without the container nothing is carried past it, and a request is denied at once', async (t) => {
	const box = await CarrierBox.open(t, carrier, { isMissing: true });
	await box.install(near);
	await box.install(far);
	box.order('near', tell);
	box.order('near', { what: 'ask', count: 1000 });
	t.deepEqual(await box.said(), []);
	t.deepEqual([await box.orders('near'), await box.orders('far')], [3, 1]);
	t.is(box.obstacle, 'is not installed');

	await box.installCourier();
	box.order('near', tell);
	box.order('near', { what: 'ask', count: 1000 });
	t.deepEqual((await box.saidTexts()).toSorted(), ['answered an answer', 'x']);
});

test('a container that is stopped carries nothing, and carries again once it is started', async (t) => {
	const box = await CarrierBox.open(t, carrier);
	await box.install(near);
	await box.install(far);
	await box.during(box.modules.setState('courier', 'idle'));
	box.order('near', tell);
	box.order('near', { what: 'ask', count: 1000 });
	t.deepEqual(await box.said(), []);
	await box.during(box.modules.setState('courier', 'active'));
	box.order('near', { what: 'ask', count: 1000 });
	t.deepEqual(await box.saidTexts(), ['answered an answer']);
});

test('what is said while the container fails waits for it', async (t) => {
	const box = await CarrierBox.open(t, carrier, { isMissing: true });
	await box.install(near);
	await box.install(carrying());
	box.order('courier', { what: 'trap' });
	await box.settle(1);
	for (let count = 0; count < 20; count++) box.order('near', tell);
	await box.settle(5000);
	t.true((box.supervisor.view('courier')?.restarts ?? 0) > 0);
	t.is(box.words.length, 20);
});

test('a container that fails too often is parked, and then nothing is carried', async (t) => {
	const box = await CarrierBox.open(t, carrier, { isMissing: true });
	await box.install(near);
	await box.install(carrying());
	while (box.supervisor.view('courier')?.state !== 'parked') {
		box.order('courier', { what: 'trap' });
		await box.settle(500);
	}
	box.order('near', tell);
	t.deepEqual(await box.said(), []);
});

test('a container may carry something to another topic, but to none on which no service may say anything', async (t) => {
	const box = await CarrierBox.open(t, carrier, { isMissing: true });
	const secret = { 'media.state': 'probe.Word', 'secret.echo': 'probe.Word' };
	await box.install(probeBytes('near', { publishes: { ...tells, 'media.state': 'probe.Word' } }));
	await box.install(
		probeBytes('far', {
			domain: 'authorized',
			publishes: {},
			subscribes: { ...secret, 'far.order': 'probe.Order' },
		}),
	);
	await box.install(carrying());
	// It hears `far.echo`, and says that on `probe.out`.
	box.order('near', tell);
	t.deepEqual(await box.saidTexts(), ['x']);
	for (const text of Object.keys(secret)) box.order('courier', { what: 'tell', text, count: 1 });
	await box.settle();
	t.is(await box.orders('far'), 1);
});

test('topics that the operator blocks are not carried, and counted', async (t) => {
	const settings = { blocked: ['far.*', 'probe.order'], deadlineMs: 1000 };
	const box = await CarrierBox.open(t, carrier, { settings });
	await box.install(near);
	await box.install(far);
	for (let count = 0; count < 3; count++) box.order('near', tell);
	box.order('near', { what: 'ask', count: 1000 });
	t.deepEqual(await box.saidTexts(), ['failed 0']);
	t.deepEqual((await box.report()).blocked, { 'far.echo': 3, 'probe.order': 1 });
	// What the box itself says is not between services.
	t.is(await box.orders('far'), 1);
});

test('only the topics that it is named for go through the container', async (t) => {
	const box = await CarrierBox.open(t, carrier, { topics: ['far.*'] });
	await box.install(near);
	await box.install(far);
	box.order('near', tell);
	box.order('near', { what: 'ask', count: 1000 });
	t.is((await box.said()).length, 2);
	t.like(await box.report(), { messages: 1, requests: 0 });
});

test('an answer that does not come in the time of the container is missed by who has asked', async (t) => {
	const box = await CarrierBox.open(t, carrier, { settings: { deadlineMs: 20 } });
	await box.install(near);
	await box.install(far);
	box.order('near', { what: 'ask', text: 'silence', count: 10_000 });
	t.deepEqual(await box.saidTexts(), ['failed 1']);
	t.is((await box.report()).waiting, 0);
});

test('services that flood each other through a container, and hold it up, come to rest and go on', async (t) => {
	const box = await CarrierBox.open(t, carrier);
	const budget = { memoryPages: 64, turnMs: 200, inboxMessages: 4, effectsPerTurn: 4096 };
	const mutual = (other: string, at: object) => ({
		publishes: { ...says, [`${other}.order`]: 'probe.Order' },
		budget,
		...at,
	});
	await box.install(probeBytes('near', mutual('far', { domain: 'authorized' })));
	await box.install(probeBytes('far', mutual('near', { domain: 'authorized', priority: 'background' })));
	box.order('near', { what: 'flood', text: 'far.order', count: 3000 });
	box.order('far', { what: 'flood', text: 'near.order', count: 3000 });
	await box.settle(5000);
	box.words.splice(0);
	for (const name of ['near', 'far']) box.order(name, { what: 'count' });
	t.deepEqual(
		(await box.saidTexts()).filter((text) => text === 'orders'),
		['orders', 'orders'],
	);
});

test('who asked is told when who was asked goes', async (t) => {
	const box = await CarrierBox.open(t, carrier);
	await box.install(near);
	await box.install(far);
	box.order('near', { what: 'ask', text: 'silence', count: 10_000 });
	await box.settle();
	t.is((await box.report()).waiting, 1);
	await box.during(box.modules.uninstall('far', { retainData: false }));
	t.deepEqual(await box.saidTexts(), ['failed 2']);
});

for (const mode of ['none', 'snapshot', 'journal'] as const)
	test(`a container with durability "${mode}" knows topics that came while it was down, and those of before`, async (t) => {
		const box = await CarrierBox.open(t, carrier, { durability: { mode, intervalMs: 1000 } });
		await box.install(near);
		await box.install(far);
		box.order('near', tell);
		t.is((await box.said()).length, 1);
		// By then a snapshot is written.
		await box.settle(1500);
		await box.during(box.modules.setState('courier', 'idle'));
		await box.install(probeBytes('late', { publishes: { ...says, 'later.echo': 'probe.Word' } }));
		await box.install(probeBytes('later'));
		await box.during(box.modules.setState('courier', 'active'));
		await box.settle();
		box.order('late', { what: 'tell', text: 'later.echo', count: 2 });
		box.order('near', tell);
		t.deepEqual((await box.saidTexts()).toSorted(), ['x', 'xx']);
		const { messages } = await box.report();
		// Two hops each: what was said, and the word of who heard it.
		t.is(messages, mode === 'none' ? 4 : 6);
	});

test('topics keep their numbers for a container that outlives a power cut', async (t) => {
	let box = await CarrierBox.open(t, carrier);
	await box.install(
		probeBytes('gone', { publishes: { 'gone.first': 'probe.Word', 'gone.second': 'probe.Word' } }),
	);
	await box.install(near);
	await box.install(far);
	box.order('near', tell);
	t.is((await box.said()).length, 1);
	await box.during(box.modules.uninstall('gone', { retainData: false }));
	box = await box.powerCut();
	// The box may be told again what it had not confirmed.
	await box.said();
	await box.install(
		probeBytes('late', { publishes: { ...says, 'far.echo': 'probe.Word', 'late.news': 'probe.Word' } }),
	);
	for (const name of ['near', 'late']) box.order(name, tell);
	t.is((await box.said()).length, 2);
	t.is((await box.report()).messages, 6);
});

test('a container that sleeps wakes for what is said, also on topics that came meanwhile', async (t) => {
	const box = await CarrierBox.open(t, carrier, { sleepAfterMs: 20 });
	await box.install(near);
	await box.settle(500);
	t.is(box.supervisor.view('courier')?.state, 'hibernated');
	await box.install(far);
	await box.install(probeBytes('late', { publishes: { ...says, 'later.echo': 'probe.Word' } }));
	await box.install(probeBytes('later'));
	await box.settle(500);
	box.order('late', { what: 'tell', text: 'later.echo', count: 2 });
	box.order('near', tell);
	t.deepEqual((await box.saidTexts()).toSorted(), ['x', 'xx']);
});

test('a container that is moved to another cell carries on, and learns of topics there', async (t) => {
	const box = await CarrierBox.open(t, carrier, { durability: { mode: 'none' } });
	await box.install(near);
	await box.install(far);
	const moving = box.supervisor.move('courier', 'authorized-background');
	for (let count = 0; count < 50; count++) {
		box.order('near', tell);
		await box.run(1);
	}
	await box.during(moving);
	t.is(box.supervisor.view('courier')?.cell, 'authorized-background');
	await box.install(probeBytes('late', { publishes: { ...says, 'later.echo': 'probe.Word' } }));
	await box.install(probeBytes('later'));
	box.order('late', { what: 'tell', text: 'later.echo', count: 2 });
	t.deepEqual(await box.saidTexts(), [...Array<string>(50).fill('x'), 'xx']);
});

test('a module that may not be a container is refused, and so is an update to one', async (t) => {
	const box = await CarrierBox.open(t, carrier, { isMissing: true });
	await t.throwsAsync(box.install(carrying({ domain: 'open' })), { code: 'container-unfit' });
	await box.installCourier();
	await t.throwsAsync(box.update('courier', carrying({ carries: [] })), { code: 'container-unfit' });
	await box.install(near);
	box.order('near', { what: 'count' });
	t.deepEqual(await box.saidTexts(), ['orders']);
});

test('a container is replaced while services run, and what they say then is carried by the new one', async (t) => {
	const box = await CarrierBox.open(t, carrier);
	await box.install(near);
	await box.install(far);
	box.order('near', { what: 'count' });
	t.deepEqual(await box.saidTexts(), ['orders']);
	// Its own topics are no longer carried by it, and others are.
	await box.update('courier', carrying({ version: '2.0.0' }));
	box.order('near', tell);
	t.deepEqual(await box.saidTexts(), ['x']);
});

test('what journalled services say while their journalled container is stopped waits for it', async (t) => {
	const box = await CarrierBox.open(t, carrier);
	const journal = { durability: { mode: 'journal' } };
	await box.install(probeBytes('near', { publishes: { ...tells, 'far.order': 'probe.Order' }, ...journal }));
	await box.install(probeBytes('far', { priority: 'background', ...journal }));
	const say = async (): Promise<void> => {
		for (let count = 0; count < 30; count++) {
			box.order('near', { what: 'tell', text: 'far.order', count: 1 });
			await box.run(1);
		}
	};
	const stopping = box.modules.setState('courier', 'idle');
	await say();
	await box.during(stopping);
	await say();
	const starting = box.modules.setState('courier', 'active');
	await say();
	await box.during(starting);
	await box.settle(300);
	t.is(await box.orders('far'), 91);
});
