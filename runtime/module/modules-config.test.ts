import test from 'ava';
import { makeProbe } from '../../modules/probe/testbed.ts';
import { withManifest } from '../../tools/hil/box/variant.ts';
import { delivery, moduleBox } from './module-box.fixture.ts';
import { StartConfigError } from './start-config.ts';

const probe = await makeProbe();

/** Has the probe write this to its log when it starts. */
const saying = (text: string): string => probe.order({ what: 'log', text, count: 1 }).toBase64();

/** @param type of the message that it is configured by; none where it is empty */
function version(version: string, type = 'probe.Order') {
	const bytes = withManifest(probe.built.bytes, (manifest) => ({
		...manifest,
		version,
		...(type !== '' && { config: { type, bytes: type === 'probe.Order' ? saying('as it was built') : '' } }),
	}));
	return delivery(new Uint8Array(bytes));
}

test('a new version starts as the operator has it, until he sets something else or takes that back', async (t) => {
	const { start } = moduleBox(t);
	const { modules, lines } = await start();
	await modules.install({ ...(await version('1.0.0')), config: saying('his') });
	await modules.update('probe', await version('1.1.0'));
	await modules.update('probe', { ...(await version('1.2.0')), config: saying('his other') });
	await modules.update('probe', await version('1.3.0'));
	t.deepEqual(lines, ['his', 'his', 'his other', 'his other']);

	await modules.update('probe', { ...(await version('1.4.0')), config: null });
	await modules.update('probe', await version('1.5.0'));
	t.deepEqual(lines.slice(4), ['as it was built', 'as it was built']);
});

test('the configuration that an update has taken over is there at the next start', async (t) => {
	const { start } = moduleBox(t);
	const { modules } = await start();
	await modules.install({ ...(await version('1.0.0')), config: saying('his') });
	await modules.update('probe', await version('1.1.0'));

	const next = await start();

	t.is(await next.settled(), 'running');
	t.deepEqual(next.lines, ['his']);
});

for (const [what, type] of [
	['no configuration', ''],
	['another message', 'probe.Word'],
] as const)
	test(`a new version that takes ${what} does not replace one that the operator has configured, unless he takes that back`, async (t) => {
		const { start } = moduleBox(t);
		const { modules, lines, settled } = await start();
		const { unit } = await modules.install({ ...(await version('1.0.0')), config: saying('his') });
		const changed = await version('2.0.0', type);

		await t.throwsAsync(modules.update('probe', changed), {
			instanceOf: StartConfigError,
			code: 'bad-start-config',
		});

		t.deepEqual(modules.unit('probe'), unit);
		t.is(await settled(), 'running');
		t.deepEqual(lines, ['his'], 'it was not stopped meanwhile');
		await modules.update('probe', { ...changed, config: null });
		t.like(modules.unit('probe'), { version: '2.0.0' });
		t.is(modules.unit('probe')?.config, undefined);
	});

test('a new version that fails with the configuration of the operator gives way to the one before, as he has it', async (t) => {
	const { start } = moduleBox(t);
	const { modules, lines, settled } = await start();
	await modules.install({ ...(await version('1.0.0')), config: saying('his') });
	const failing = { ...(await version('2.0.0')), config: probe.order({ what: 'trap' }).toBase64() };

	await t.throwsAsync(modules.update('probe', failing), { code: 'start-failed' });

	t.is(await settled(), 'running');
	t.like(modules.unit('probe'), { version: '1.0.0', config: saying('his') });
	t.is(lines.filter((line) => line === 'his').length, 2);
});
