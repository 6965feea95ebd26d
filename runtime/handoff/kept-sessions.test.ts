import test from 'ava';
import { decodeEntry } from './session-journal.ts';
import { forAWhile, gsm, heardWhole, lte, SimulatedBox, settle, wifi } from './simulated-box.fixture.ts';

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
