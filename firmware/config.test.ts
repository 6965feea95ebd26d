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

for (const [what, change] of [
	['power.essential that is no list', { power: { essential: 'voice' } }],
	['a power.stopPercent beyond all', { power: { stopPercent: 101 } }],
	['power.stopMinutes that are none', { power: { stopMinutes: 'two' } }],
	['expansion.allow that is no list', { expansion: { allow: '*' } }],
	['a device that is none', { expansion: { allow: ['0403:6001', '0403'] } }],
	['expansion.vendors that are numbers', { expansion: { vendors: [1] } }],
] as const)
	test(`${what} makes a bad configuration`, async (t) => {
		const path = await written(t, { ...needed, ...change });
		await t.throwsAsync(readConfig(path), { code: 'bad-config', message: /power|expansion/ });
	});

test('a box has its rules for power and expansion from its configuration', async (t) => {
	const rules = {
		power: { essential: ['voice'], stopPercent: 10 },
		expansion: { allow: ['0403:6001', '1a86:*', '*'], vendors: ['acme'] },
	};
	t.like(await readConfig(await written(t, { ...needed, ...rules })), rules);
});

for (const [path, value] of [
	['endpointId', undefined],
	['networks', [null]],
	['networks[0].id', [{ kind: 'lte' }]],
	['networks[0].nominalKbps', [{ id: 'lte0', kind: 'lte', nominalKbps: '300' }]],
	['controllers[0].topic', [{ endpointId: 'os::y' }]],
	['caps.memoryPage', { memoryPage: 16 }],
	['caps.memoryPages', { memoryPages: 0.5 }],
	['grantCaps.key-value.maxByte', { 'key-value': { maxByte: 16 } }],
	['grantCaps.network-stream.bytesPerDay', { 'network-stream': { bytesPerDay: 0 } }],
	['grantCaps.clock', { clock: { stepUs: 1000 } }],
	['certification.keys[0]', { required: true, keys: ['f'.repeat(63)] }],
	['home.roles[0]', { roles: [''] }],
	['ipc.container', { topics: ['*'] }],
	['ipc.topics[1]', { container: 'courier', topics: ['media.*', 'media*'] }],
	['cells', 'toString'],
	['sleepAfterMs', 0],
] as const)
	test(`a bad configuration is told by its file and its field, such as ${path}`, async (t) => {
		const [field = ''] = path.split(/[.[]/);
		const file = await written(t, { ...needed, [field]: value });
		const error = await t.throwsAsync(readConfig(file), { code: 'bad-config' });
		t.true(error?.message.startsWith(`${file}: ${path}`), error?.message);
	});

test('paths are relative to the file, null counts as left out, and fields of later versions stay as they are', async (t) => {
	const file = await written(t, { ...needed, sink: null, home: null, handoff: { later: 1 }, later: [2] });
	const { state, root, ...config } = await readConfig(file);
	t.deepEqual([state, root], [join(dirname(file), 's'), join(dirname(file), 'r')]);
	t.false('sink' in config || 'home' in config);
	t.like(config, { handoff: { later: 1 }, later: [2] } as object);
});
