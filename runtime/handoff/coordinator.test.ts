import test from 'ava';
import { usualPolicySettings } from './policy-settings.ts';
import { forAWhile, gsm, heardWhole, lte, SimulatedBox, wifi } from './simulated-box.fixture.ts';

test('a session is opened on the best network there is', async (t) => {
	const box = new SimulatedBox({ networks: [lte, wifi] });
	const id = await box.open();
	t.like(box.view(id), { state: 'active', baseband: 'wifi0', owner: box.vms.on('wifi0'), reason: 'best' });
});

test('a session without a network waits, says why, and begins when one appears', async (t) => {
	const box = new SimulatedBox({ networks: [{ ...lte, isUp: false }] });
	const id = await box.open();
	t.like(box.view(id), { state: 'waiting', owner: undefined, reason: 'no-network' });
	box.radio.put(lte);
	await box.wait(100);
	t.like(box.view(id), { state: 'active', baseband: 'lte0' });
});

test('what is on the box is played without a network, and stays where it is when one comes or goes', async (t) => {
	const box = new SimulatedBox({
		networks: [
			{ ...lte, isUp: false },
			{ ...wifi, isUp: false },
		],
		settings: forAWhile,
	});
	const id = await box.open(undefined, 'recording:recorder/film');
	const begun = box.view(id);
	t.like(begun, { state: 'active', reason: 'best' });
	for (const change of [lte, wifi, { ...lte, isUp: false }, { ...wifi, isUp: false }]) {
		box.radio.put(change);
		await box.wait(2000);
		t.like(box.view(id), { state: 'active', baseband: begun?.baseband, owner: begun?.owner });
	}
	t.deepEqual(box.coordinator.handoffs(), []);
	box.cutPower();
	await box.reboot();
	await box.wait(500);
	t.like(box.view(id), { state: 'active' });
});

test('a session crosses to a better network with every step told and nothing lost or doubled', async (t) => {
	const box = new SimulatedBox({ settings: forAWhile });
	const id = await box.open();
	box.transitions.length = 0;
	box.radio.put(wifi);
	await box.wait(2000);
	t.deepEqual(box.transitions, ['candidate', 'prepare', 'transfer', 'commit', 'active']);
	t.like(box.view(id), { baseband: 'wifi0', owner: box.vms.on('wifi0') });
	t.deepEqual(box.vms.commands, ['open 1', 'quiesce 1', 'prepare 2', 'transfer 1', 'take 2', 'release 1']);
	t.like(box.coordinator.handoffs()[0], {
		session: id,
		trigger: 'short-range',
		from: 'lte0',
		to: 'wifi0',
		source: 1,
		target: 2,
		outcome: 'committed',
		reason: 'ok',
		phasesMs: { provide: 0, prepare: 0, transfer: 0, commit: 0, total: 0 },
	});
	t.true((box.coordinator.handoffs()[0]?.stateBytes ?? 0) > 0);
	heardWhole(t, box, id);
});

test('30 planned handoffs in each direction lose nothing and double nothing', async (t) => {
	const box = new SimulatedBox({ networks: [lte, { ...lte, id: 'lte1', kind: 'lte' }], settings: forAWhile });
	const id = await box.open();
	for (let round = 0; round < 30; round++) {
		for (const to of ['lte1', 'lte0']) {
			box.coordinator.request(id, to, 'remote-command');
			await box.wait(300);
		}
	}
	const records = box.coordinator.handoffs();
	for (const to of ['lte0', 'lte1']) {
		t.is(records.filter((record) => record.to === to && record.outcome === 'committed').length, 30);
	}
	t.like(box.coordinator.counters, { committed: 60, back: 0, checkpointsIgnored: 0 });
	t.is(box.sink.refused, 0, 'no VM played what it did not own');
	heardWhole(t, box, id);
});

test('a session crosses four networks in a row and comes back', async (t) => {
	const bluetooth = { id: 'bt0', kind: 'bluetooth', isUp: true };
	const box = new SimulatedBox({ networks: [gsm, wifi, lte, bluetooth], settings: forAWhile });
	const id = await box.open('gsm0');
	for (const to of ['wifi0', 'lte0', 'bt0', 'gsm0']) {
		box.coordinator.request(id, to);
		await box.wait(500);
		t.is(box.view(id)?.baseband, to);
	}
	t.true(box.coordinator.handoffs().every(({ trigger }) => trigger === 'user-request'));
	heardWhole(t, box, id);
});

test('a network that flaps every 5 s for 2 min moves no session', async (t) => {
	const box = new SimulatedBox({ frameMs: 500 });
	const id = await box.open();
	for (let second = 0; second < 120; second += 10) {
		box.radio.put(wifi);
		await box.wait(5000);
		box.radio.put({ ...wifi, isUp: false });
		await box.wait(5000);
	}
	t.deepEqual(box.coordinator.handoffs(), []);
	box.radio.put(wifi);
	await box.wait(29_500);
	t.deepEqual(box.coordinator.handoffs(), []);
	await box.wait(60_000);
	t.is(box.coordinator.handoffs().length, 1);
	heardWhole(t, box, id);
});

for (const fault of ['refuse', 'deaf', 'late'] as const) {
	test(`a VM that does not let go of a session (${fault}) is told again`, async (t) => {
		const box = new SimulatedBox({ networks: [lte, gsm], readAhead: 100, checkpointEvery: 1000 });
		const id = await box.open('lte0');
		box.vms.fail('take', 'mute');
		box.vms.fail('release', fault);
		box.coordinator.request(id, 'gsm0');
		await box.wait(500);
		t.deepEqual(box.vms.owners(id), [2], 'the target believes to have it');
		box.radio.set('gsm0', { isUp: false });
		await box.wait(5000);
		t.deepEqual(box.vms.owners(id), [1]);
		t.true(box.vms.commands.filter((command) => command === 'release 2').length > 1);
		heardWhole(t, box, id);
	});
}

test('a preferred network is kept although a better one is there', async (t) => {
	const box = new SimulatedBox({ networks: [lte, wifi], settings: forAWhile });
	const id = await box.open('lte0');
	await box.wait(5000);
	t.like(box.view(id), { baseband: 'lte0', reason: 'best' });
});

test('other settings take effect on open sessions', async (t) => {
	const box = new SimulatedBox({ networks: [lte, wifi], settings: { ...forAWhile, preference: ['lte'] } });
	const id = await box.open();
	await box.wait(2000);
	t.is(box.view(id)?.baseband, 'lte0');
	box.coordinator.configure({ ...usualPolicySettings, ...forAWhile });
	await box.wait(500);
	t.is(box.view(id)?.baseband, 'wifi0');
});
