import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { readConfig } from './config.ts';

const needed = {
	endpointId: 'os::x',
	state: 's',
	broker: 'mqtt://b',
	root: 'r',
	networks: [],
	controllers: [],
};

async function written(t: ExecutionContext, config: object): Promise<string> {
	const directory = await mkdtemp(join(tmpdir(), 'mullion-config-'));
	t.teardown(() => rm(directory, { recursive: true, force: true }));
	const path = join(directory, 'box.json');
	await writeFile(path, JSON.stringify(config));
	return path;
}

test('a box has no metrics unless its configuration names a port for them', async (t) => {
	t.is((await readConfig(await written(t, needed))).metrics, undefined);
	const path = await written(t, { ...needed, metrics: { port: 9464 } });
	t.deepEqual((await readConfig(path)).metrics, { port: 9464 });
});

for (const port of [-1, 65_536, 0.5, '9464']) {
	test(`metrics on port ${JSON.stringify(port)} are a bad configuration`, async (t) => {
		const path = await written(t, { ...needed, metrics: { port } });
		await t.throwsAsync(readConfig(path), { code: 'bad-config', message: /metrics\.port/ });
	});
}

test('a configuration without metrics.port is a bad one where it speaks of metrics', async (t) => {
	const path = await written(t, { ...needed, metrics: { host: '0.0.0.0' } });
	await t.throwsAsync(readConfig(path), { code: 'bad-config', message: /metrics\.port/ });
});

const firmware = { board: 'qemu-arm64', version: '1.2.0', release: 7, partitions: 'slots' };

test('a box that looks after its own firmware restarts by `reboot` unless it is told otherwise', async (t) => {
	const path = await written(t, { ...needed, firmware });
	t.deepEqual((await readConfig(path)).firmware, {
		...firmware,
		partitions: join(dirname(path), 'slots'),
		restart: ['reboot'],
	});
});

for (const wrong of [
	{ board: 1 },
	{ version: null },
	{ release: 0 },
	{ release: '7' },
	{ slot: 'c' },
	{ partitions: null },
	{ restart: [] },
	{ restart: 'reboot' },
	{ trial: { windowMs: 0 } },
]) {
	test(`firmware with ${JSON.stringify(wrong)} is a bad configuration`, async (t) => {
		const path = await written(t, { ...needed, firmware: { ...firmware, ...wrong } });
		const [field = ''] = Object.keys(wrong);
		await t.throwsAsync(readConfig(path), { code: 'bad-config', message: new RegExp(`firmware\\.${field}`) });
	});
}
