import test from 'ava';
import { forAWhile, gsm, heardWhole, lte, SimulatedBox, settle, wifi } from './simulated-box.fixture.ts';

test('a target that took the session without saying so is told that it is over, and is not heard', async (t) => {
	const box = new SimulatedBox({ settings: forAWhile, readAhead: 100 });
	const id = await box.open();
	box.vms.fail('take', 'mute');
	box.radio.put(wifi);
	await box.wait(1500);
	t.deepEqual(box.vms.owners(id), [2], 'it believes so');
	t.like(box.view(id), { state: 'commit', owner: undefined });
	await box.wait(600);
	box.radio.put({ ...wifi, isUp: false });
	await box.wait(5000);
	t.like(box.coordinator.handoffs()[0], { outcome: 'back', reason: 'timed-out' });
	t.like(box.view(id), { state: 'active', baseband: 'lte0' });
	t.deepEqual(box.vms.owners(id), [1]);
	heardWhole(t, box, id);
});

test('a source that goes on without saying so is told to stop when the session goes on elsewhere', async (t) => {
	const box = new SimulatedBox({ networks: [lte, gsm, { ...wifi, isUp: false }], readAhead: 100 });
	const id = await box.open('lte0');
	box.vms.fail('prepare', 'refuse');
	// The first is the target's.
	box.vms.fail('rollback', 'mute');
	box.vms.fail('rollback', 'mute');
	box.coordinator.request(id, 'gsm0');
	await box.wait(100);
	t.is(box.view(id)?.state, 'back');
	box.vms.fail('provide', 'refuse');
	await box.wait(5000);
	t.like(box.view(id), { state: 'active', baseband: 'gsm0' });
	t.deepEqual(box.vms.owners(id), [box.vms.on('gsm0')]);
	heardWhole(t, box, id);
});

test('a VM that takes a session on without saying so is told to stop when another one gets it', async (t) => {
	const box = new SimulatedBox();
	const id = await box.open();
	box.vms.fail('take', 'mute');
	box.vms.crash('lte0');
	box.vms.restart('lte0');
	await box.wait(500);
	t.is(box.view(id)?.state, 'resume');
	box.radio.put(wifi);
	await box.wait(2000);
	t.like(box.view(id), { state: 'active', baseband: 'wifi0' });
	t.deepEqual(box.vms.owners(id), [2]);
	heardWhole(t, box, id);
});

test('while nobody owns the session nobody is heard, not even a VM that comes back with its memory', async (t) => {
	const box = new SimulatedBox({ checkpointEvery: 1000 });
	const id = await box.open();
	box.vms.fail('provide', 'deaf');
	box.vms.fail('release', 'deaf');
	box.vms.crash('lte0');
	box.vms.restart('lte0', { remembers: true });
	const { nextSequence } = box.sink.position(id);
	await box.wait(1500);
	t.deepEqual(box.vms.owners(id), [1], 'it believes so');
	t.like(box.view(id), { state: 'resume', owner: undefined, reason: 'vm-gone' });
	t.is(box.sink.position(id).nextSequence, nextSequence);
});

test('a VM that comes back with a session that was closed meanwhile is told that it is over', async (t) => {
	const box = new SimulatedBox();
	const id = await box.open();
	box.vms.crash('lte0');
	await box.coordinator.close(id);
	box.vms.restart('lte0', { remembers: true });
	t.deepEqual(box.vms.owners(id), [1]);
	await box.wait(500);
	t.deepEqual(box.vms.owners(id), []);
});

test('an end that is told before the answer to Take is not lost', async (t) => {
	const box = new SimulatedBox({ settings: forAWhile });
	const id = await box.open();
	const command = box.vms.command.bind(box.vms);
	box.vms.command = async (vm, control, options) => {
		const state = await command(vm, control, options);
		if ('take' in control) {
			box.vms.finish(id);
		}
		return state;
	};
	box.radio.put(wifi);
	await box.wait(1500);
	t.is(box.view(id), undefined);
	t.is(box.coordinator.counters.committed, 1);
	t.deepEqual(box.vms.owners(id), []);
});

test('a VM that dies right after it took a session has the whole state to go on from', async (t) => {
	const box = new SimulatedBox({ settings: forAWhile, checkpointEvery: 1000 });
	const id = await box.open();
	box.radio.put(wifi);
	await box.wait(1200);
	const { nextSequence } = box.sink.position(id);
	box.vms.crash('wifi0');
	box.vms.restart('wifi0');
	await box.wait(500);
	t.is(box.vms.commands.at(-1), 'take 2');
	t.true(box.sink.position(id).nextSequence > nextSequence);
	heardWhole(t, box, id);
});

test('a VM that dies has its session taken on by its successor, from where the player is', async (t) => {
	const box = new SimulatedBox();
	const id = await box.open();
	box.vms.crash('lte0');
	await settle();
	t.like(box.view(id), { owner: undefined });
	box.vms.restart('lte0');
	await box.wait(1000);
	t.like(box.view(id), { state: 'active', baseband: 'lte0', owner: 1 });
	t.deepEqual(box.vms.commands.slice(-1), ['take 1']);
	heardWhole(t, box, id);
});

test('a VM that died and came back does not keep its session from moving on time', async (t) => {
	const box = new SimulatedBox({ settings: { minimumTimeMs: 5000 } });
	const id = await box.open();
	box.radio.put(wifi);
	await box.wait(4500);
	box.vms.crash('lte0');
	box.vms.restart('lte0');
	await box.wait(600);
	t.is(box.view(id)?.baseband, 'wifi0');
});

test('a VM that dies before its first checkpoint has the session begun anew', async (t) => {
	const box = new SimulatedBox();
	const opened = box.coordinator.open({ kind: 'media', url: 'http://content/film' });
	await settle();
	const id = await opened;
	await box.wait(100);
	t.is(box.sink.position(id).nextSequence, 2);
	box.vms.crash('lte0');
	box.vms.restart('lte0');
	await box.wait(1000);
	t.deepEqual(box.vms.commands, ['open 1', 'release 1', 'open 1']);
	heardWhole(t, box, id);
});

test('only the checkpoints of the owner count', async (t) => {
	const box = new SimulatedBox({ networks: [lte, wifi] });
	const id = await box.open();
	const before = box.coordinator.counters;
	const state = Buffer.from('{}').toString('base64');
	const forged = JSON.stringify({ session: id, state, nextSequence: 1, ended: true });
	box.coordinator.onCheckpoint(99, Buffer.from(forged));
	box.coordinator.onCheckpoint(99, Buffer.from(forged.replace(id, 'other')));
	box.coordinator.onCheckpoint(1, Buffer.from('not a checkpoint'));
	t.is(box.coordinator.counters.checkpointsIgnored, before.checkpointsIgnored + 2);
	t.is(box.coordinator.counters.checkpointsMalformed, 1);
	t.is(box.view(id)?.state, 'active');
});
