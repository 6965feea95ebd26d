import test from 'ava';
import { forAWhile, heardWhole, lte, SimulatedBox, settle, wifi } from './simulated-box.fixture.ts';

test('when the network is lost the session leaves it at once, and its last VM still gives the state', async (t) => {
	const box = new SimulatedBox({ networks: [lte, wifi] });
	const id = await box.open();
	box.radio.put({ ...wifi, isUp: false });
	await box.wait(100);
	t.like(box.view(id), { state: 'active', baseband: 'lte0' });
	t.like(box.coordinator.handoffs()[0], { trigger: 'network-lost', outcome: 'committed' });
	heardWhole(t, box, id);
});

test('a network that looks good and is silent is left at once, and is not gone back to before it can be prepared', async (t) => {
	const box = new SimulatedBox({ networks: [lte, wifi], frameMs: 100, readAhead: 200 });
	const id = await box.open();
	box.fallSilent('wifi0');
	await box.wait(100);
	t.like(box.view(id), { state: 'active', baseband: 'lte0' });
	t.like(box.coordinator.handoffs(), [{ trigger: 'network-lost', outcome: 'committed' }]);
	box.vms.fail('prepare', 'refuse');
	await box.wait(29_000);
	t.is(box.coordinator.handoffs().length, 1);
	await box.wait(1000);
	t.like(box.coordinator.handoffs()[1], { to: 'wifi0', outcome: 'back' });
	t.is(box.view(id)?.baseband, 'lte0');
	await box.wait(1100);
	t.like(box.coordinator.handoffs()[2], { to: 'wifi0', outcome: 'committed' });
	await box.wait(60_000);
	t.is(box.view(id)?.baseband, 'wifi0', 'it was heard there, so it stays');
	heardWhole(t, box, id);
});

test('a network that dies half-way leaves the session where it was, and it plays on', async (t) => {
	const box = new SimulatedBox({ settings: forAWhile });
	const id = await box.open();
	box.vms.fail('prepare', 'mute');
	box.radio.put(wifi);
	await box.wait(1200);
	t.is(box.view(id)?.state, 'prepare');
	box.radio.put({ ...wifi, isUp: false });
	await settle();
	t.like(box.view(id), { state: 'active', baseband: 'lte0', reason: 'best' });
	t.like(box.coordinator.handoffs()[0], { outcome: 'back', reason: 'target-lost' });
	await box.wait(1000);
	t.deepEqual(box.vms.commands.slice(-2), ['rollback 2', 'rollback 1']);
	heardWhole(t, box, id);
});

test('a network that failed and comes up anew is tried again without waiting', async (t) => {
	const box = new SimulatedBox({ networks: [wifi, { ...lte, isUp: false }], limits: { retryMs: 50_000 } });
	const id = await box.open();
	box.vms.fail('provide', 'refuse');
	box.vms.crash('wifi0');
	await box.wait(1000);
	t.like(box.view(id), { state: 'waiting', reason: 'refused' });
	box.radio.set('wifi0', { isUp: false });
	box.vms.fail('provide', 'refuse');
	box.radio.put(lte);
	await box.wait(100);
	t.is(box.view(id)?.state, 'waiting');
	box.radio.set('lte0', { isUp: false });
	box.radio.set('lte0', { isUp: true });
	await box.wait(100);
	t.like(box.view(id), { state: 'active', baseband: 'lte0' });
});

test('a VM that does not come back has its session taken on over another network', async (t) => {
	const box = new SimulatedBox({ networks: [lte, wifi], limits: { provideMs: 2000 } });
	const id = await box.open();
	box.vms.crash('wifi0');
	await box.wait(3000);
	t.like(box.view(id), { state: 'active', baseband: 'lte0' });
	box.vms.restart('wifi0', { remembers: true });
	await box.wait(200);
	t.deepEqual(box.vms.owners(id), [box.vms.on('lte0')], 'a VM that remembers is told to forget');
	heardWhole(t, box, id);
});
