// A module that the operator has stopped is there to be started again, whatever the box has been through since.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { TestBox } from './test-box.ts';
import { withManifest } from './variant.ts';

const box = await TestBox.start();
const { operator } = box.stage;
const table = 'Device.SoftwareModules.ExecutionUnit.';
test.after.always(() => box[Symbol.asyncDispose]());

/** Where the probe's VM is, and what is told of it. */
async function unit(): Promise<{ path: string; row: Readonly<Record<string, string>> }> {
	const rows = Object.entries(await operator.get([table]));
	const [path, row] = rows.find(([, { EUID }]) => EUID === 'probe') ?? [];
	if (path === undefined || row === undefined) throw new Error('the probe has no execution unit');
	return { path, row };
}

async function request(path: string, RequestedState: 'Active' | 'Idle'): Promise<void> {
	await operator.operate(`${path}SetRequestedState()`, { RequestedState }, { isSync: true });
}

test.serial(
	'stopped by command it is Idle and answers nothing, and the same unit is started again',
	async (t) => {
		t.deepEqual(await box.install(await box.publish(box.probe.built)), { fault: 0, code: '' });
		const { path } = await unit();

		await request(path, 'Idle');

		t.like(await unit(), { path, row: { Status: 'Idle', AutoStart: 'false', MemoryInUse: '0' } });
		await t.throwsAsync(box.echo());
		await request(path, 'Active');
		await box.echo();
		t.like(await unit(), { path, row: { Status: 'Active', AutoStart: 'true' } });
	},
);

test.serial('it stays stopped over a power cut, and is started by the same unit after it', async (t) => {
	const { path } = await unit();
	await request(path, 'Idle');
	await box.stage.powerCut();
	await box.stage.powerOn();

	t.like(await unit(), { path, row: { Status: 'Idle', AutoStart: 'false' } });
	await request(path, 'Active');
	await box.echo();
});

test.serial('neither a restart nor a recording of it starts it, and both say why', async (t) => {
	const { path } = await unit();
	await request(path, 'Idle');

	for (const command of ['Restart()', 'X_MULLION_Record()'])
		t.deepEqual(await box.command(`${path}${command}`), { fault: 7230, code: 'unit-idle' });

	t.like(await unit(), { path, row: { Status: 'Idle', AutoStart: 'false', MemoryInUse: '0' } });
	await request(path, 'Active');
	t.deepEqual(await box.command(`${path}Restart()`), { fault: 0, code: '' });
	await box.echo();
});

test.serial('an update of it while it is stopped does not start it', async (t) => {
	const { path } = await unit();
	await request(path, 'Idle');
	const bytes = withManifest(box.probe.built.bytes, (manifest) => ({ ...manifest, version: '0.2.0' }));
	const manifest = { ...box.probe.built.manifest, version: '0.2.0' };

	t.deepEqual(await box.update('probe', await box.publish({ bytes, manifest })), { fault: 0, code: '' });

	t.deepEqual(await box.modules(), ['probe 0.2.0']);
	t.like(await unit(), { row: { Status: 'Idle', AutoStart: 'false', MemoryInUse: '0' } });
	await request((await unit()).path, 'Active');
	await box.echo();
});

test.serial('removed while it is stopped, nothing stays of what it kept', async (t) => {
	await box.order({ what: 'put', text: 'colour', count: 5 });
	await box.echo();
	await request((await unit()).path, 'Idle');

	t.deepEqual(await box.uninstall('probe'), { fault: 0, code: '' });

	t.deepEqual(await readdir(join(box.directory, 'box/state/buckets/probe')), []);
	t.deepEqual(Object.keys(await operator.get([table])), []);
});
