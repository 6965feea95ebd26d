import test from 'ava';
import { SimulatedBox, settle } from './simulated-box.fixture.ts';

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
