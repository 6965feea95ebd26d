import test from 'ava';
import { decodeEntry } from './session-journal.ts';
import { gsm, lte, SimulatedBox, settle, wifi } from './simulated-box.fixture.ts';
import { simulatedFaults } from './simulated-vms.ts';

const forAWhile = { minimumTimeMs: 1000 };

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

test('the journal says to whom a session goes before it is asked for, and who has it before the source may forget', async (t) => {
	const box = new SimulatedBox({ settings: forAWhile });
	const id = await box.open();
	const command = box.vms.command.bind(box.vms);
	const written: unknown[] = [];
	box.vms.command = async (vm, control, options) => {
		const name = Object.keys(control)[1];
		if (name === 'transfer' || name === 'release') {
			const { owner, target } =
				decodeEntry((await box.directory.read(`${id}.session`)) ?? new Uint8Array()) ?? {};
			written.push([name, owner, target?.vm]);
		}
		return command(vm, control, options);
	};
	box.radio.put(wifi);
	await box.wait(1500);
	t.deepEqual(written, [
		['transfer', 1, 2],
		['release', 2, undefined],
	]);
});

test('a power cut after a handoff without a checkpoint begins the session anew, whole', async (t) => {
	const box = new SimulatedBox({ settings: forAWhile, checkpointEvery: 1000 });
	const id = await box.open();
	box.radio.put(wifi);
	await box.wait(1050);
	t.is(box.view(id)?.baseband, 'wifi0');
	box.cutPower();
	await box.reboot();
	await box.wait(1000);
	t.like(box.view(id), { state: 'active', baseband: 'wifi0' });
	t.deepEqual(box.troubles, []);
	heardWhole(t, box, id);
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

test('a session ends when its owner says so, and nothing of it is left', async (t) => {
	const box = new SimulatedBox();
	const id = await box.open();
	box.vms.finish(id);
	await settle();
	t.is(box.view(id), undefined);
	t.deepEqual(box.vms.owners(id), []);
	t.is(box.vms.commands.at(-1), 'release 1');
	t.deepEqual(await box.directory.list(), []);
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

test('a VM that will not open a URL ends the session, and the opener hears of it', async (t) => {
	const box = new SimulatedBox();
	box.vms.fail('open', 'refuse');
	await t.throwsAsync(box.open(), { code: 'refused' });
	t.deepEqual(box.coordinator.sessions(), []);
	t.deepEqual(await box.directory.list(), []);
});

test('what cannot be asked for is said at once, with its code', async (t) => {
	const box = new SimulatedBox();
	const id = await box.open();
	t.throws(() => box.coordinator.request('none', 'lte0'), { code: 'unknown-session' });
	t.throws(() => box.coordinator.request(id, 'none'), { code: 'unknown-network' });
	t.throws(() => box.coordinator.request(id, 'wifi0'), { code: 'network-down' });
	await t.throwsAsync(box.coordinator.close('none'), { code: 'unknown-session' });
});

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
	const { usualPolicySettings } = await import('./policy-settings.ts');
	box.coordinator.configure({ ...usualPolicySettings, ...forAWhile });
	await box.wait(500);
	t.is(box.view(id)?.baseband, 'wifi0');
});

test('sessions left by a stop go on after the next start', async (t) => {
	const box = new SimulatedBox();
	const id = await box.open();
	await box.wait(2000);
	await box.coordinator.stop();
	await t.throwsAsync(box.coordinator.open({ kind: 'media', url: 'x' }), { code: 'stopped' });
	box.cutPower();
	await box.reboot();
	await box.wait(1000);
	t.like(box.view(id), { state: 'active', baseband: 'lte0' });
	t.true(box.vms.commands[0]?.startsWith('take'));
	heardWhole(t, box, id);
});

test('a stop right after a handoff keeps no state that is ahead of what was heard', async (t) => {
	const box = new SimulatedBox({ networks: [lte, gsm], checkpointEvery: 1000 });
	const id = await box.open('lte0');
	box.coordinator.request(id, 'gsm0');
	await settle();
	t.is(box.coordinator.counters.committed, 1);
	await box.coordinator.stop();
	box.cutPower();
	await box.reboot();
	await box.wait(1000);
	t.deepEqual(box.troubles, []);
	t.like(box.view(id), { state: 'active', baseband: 'gsm0', preferred: 'gsm0' });
	heardWhole(t, box, id);
});

test('a journal file that is none is removed and reported, and the others go on', async (t) => {
	const box = new SimulatedBox();
	const id = await box.open();
	await box.directory.write('broken.session', Buffer.from('{}\n'));
	box.cutPower();
	await box.reboot();
	t.deepEqual(
		box.troubles.map(({ code }) => code),
		['journal-malformed'],
	);
	t.deepEqual(
		box.coordinator.sessions().map((session) => session.id),
		[id],
	);
	t.deepEqual(await box.directory.list(), [`${id}.session`]);
});

test('a full disk stops no session; a handoff it cannot announce goes back', async (t) => {
	const box = new SimulatedBox({ settings: forAWhile });
	const id = await box.open();
	box.radio.put(wifi);
	await box.wait(950);
	box.directory.disk.failAfter(0, 'disk-full');
	await box.wait(3000);
	const codes = box.coordinator.handoffs().map(({ reason }) => reason);
	t.true(box.troubles.some(({ code }) => code === 'journal-failed') || codes.includes('journal-failed'));
	t.is(box.view(id)?.baseband, 'wifi0');
	heardWhole(t, box, id);
});

test('checkpoints are written at a bounded rate', async (t) => {
	const box = new SimulatedBox({ frameMs: 10 });
	await box.open();
	const before = box.directory.disk.steps;
	await box.wait(4000);
	const perWrite = 4;
	t.true(box.directory.disk.steps - before <= 5 * perWrite);
	t.true(box.directory.disk.steps > before);
});

function heardWhole(t: import('ava').ExecutionContext, box: SimulatedBox, id: string): void {
	t.deepEqual(box.sink.faults, { lost: [], doubled: [] });
	t.true(box.sink.position(id).nextSequence > 0);
}
