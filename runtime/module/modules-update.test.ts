import test from 'ava';
import { makeProbe } from '../../modules/probe/testbed.ts';
import { withManifest } from '../../tools/hil/box/variant.ts';
import { delivery, moduleBox } from './module-box.fixture.ts';

const probe = await makeProbe();

const version = (version: string) =>
	delivery(new Uint8Array(withManifest(probe.built.bytes, (manifest) => ({ ...manifest, version }))));

test('a new version for which the disk has no room leaves the one before running', async (t) => {
	const { start, disk } = moduleBox(t);
	const { modules, settled } = await start();
	await modules.install(await version('1.0.0'));
	disk.failAfter(0, 'disk-full');

	await t.throwsAsync(modules.update('probe', await version('2.0.0')), { code: 'disk-full' });

	t.is(await settled(), 'running');
	t.is(modules.get('probe')?.unit.version, '1.0.0');
});

test('a module that is at rest while it is updated starts as its new version', async (t) => {
	const { start } = moduleBox(t);
	const { modules, settled } = await start();
	await modules.install(await version('1.0.0'));
	await modules.setState('probe', 'idle');
	await modules.update('probe', await version('2.0.0'));
	t.deepEqual(
		modules.get('probe')?.vms.map(({ state }) => state),
		['stopped'],
	);

	await modules.setState('probe', 'active');
	t.is(await settled(), 'running');
	t.is(modules.get('probe')?.manifest.version, '2.0.0');
});
