import test from 'ava';
import { forAWhile, heardWhole, SimulatedBox, settle, wifi } from './simulated-box.fixture.ts';
import { simulatedFaults } from './simulated-vms.ts';

for (const command of ['provide', 'quiesce', 'prepare', 'transfer', 'take', 'rollback', 'release']) {
	for (const fault of simulatedFaults) {
		test(`${command} that goes wrong (${fault}) leaves one owner and a whole stream`, async (t) => {
			const limits = { provideMs: 3000 };
			const box = new SimulatedBox({ settings: forAWhile, limits, readAhead: 200 });
			const id = await box.open();
			// What goes wrong with the way back needs a handoff that goes back.
			if (command === 'rollback') {
				box.vms.fail('prepare', 'refuse');
				box.vms.fail('prepare', 'deaf');
			}
			box.vms.fail(command, fault);
			box.radio.put(wifi);
			await box.wait(2500);
			box.vms.restart('lte0');
			box.vms.restart('wifi0', { remembers: true });
			await box.wait(10_000);
			t.like(box.view(id), { state: 'active', baseband: 'wifi0' });
			t.deepEqual(box.vms.owners(id), [box.vms.on('wifi0')]);
			heardWhole(t, box, id);
		});
	}
}

test('a session that cannot go on says what went wrong', async (t) => {
	const box = new SimulatedBox();
	const id = await box.open();
	box.vms.fail('take', 'deaf');
	box.vms.crash('lte0');
	box.vms.restart('lte0');
	await box.wait(1500);
	t.like(box.view(id), { state: 'waiting', owner: undefined, reason: 'timed-out' });
	t.is(box.sink.ownerOf(id), undefined);
});

test('a state that is too large to be moved goes back to where it came from', async (t) => {
	const box = new SimulatedBox({ settings: forAWhile, stateBytes: 5000, limits: { stateBytes: 4999 } });
	const id = await box.open();
	box.radio.put(wifi);
	await box.wait(1500);
	t.like(box.coordinator.handoffs()[0], { outcome: 'back', reason: 'state-too-large', stateBytes: 5000 });
	t.like(box.view(id), { state: 'active', baseband: 'lte0' });
	heardWhole(t, box, id);
});

test('a handoff that fails is tried again later, and later still', async (t) => {
	const box = new SimulatedBox({ settings: forAWhile, frameMs: 250, readAhead: 100 });
	await box.open();
	for (let times = 0; times < 40; times++) {
		box.vms.fail('prepare', 'refuse');
	}
	box.radio.put(wifi);
	await box.wait(70_000);
	const at = box.coordinator.handoffs().map(({ atUs }) => atUs / 1e6);
	const gaps = at.slice(1).map((time, index) => Math.round(time - (at[index] ?? 0)));
	t.deepEqual(gaps, [1, 2, 4, 8, 16, 32]);
});

test('the phases of a handoff that went back say where its time went', async (t) => {
	const box = new SimulatedBox({ settings: forAWhile });
	await box.open();
	box.vms.fail('transfer', 'mute');
	box.vms.fail('rollback', 'refuse');
	box.radio.put(wifi);
	await box.wait(2200);
	t.like(box.coordinator.handoffs()[0], {
		outcome: 'back',
		reason: 'timed-out',
		phasesMs: { provide: 0, prepare: 0, transfer: 1000, total: 1000 },
	});
	t.false('commit' in (box.coordinator.handoffs()[0]?.phasesMs ?? {}));
});

for (const command of ['provide', 'quiesce', 'prepare', 'transfer', 'take']) {
	test(`a session can be closed while its handoff stands at ${command}`, async (t) => {
		const box = new SimulatedBox({ settings: forAWhile });
		const id = await box.open();
		box.vms.fail(command, command === 'provide' ? 'deaf' : 'mute');
		box.radio.put(wifi);
		await box.wait(1200);
		await box.coordinator.close(id);
		await settle();
		t.is(box.view(id), undefined);
		t.deepEqual(box.vms.owners(id), []);
		t.deepEqual(await box.directory.list(), []);
	});
}
