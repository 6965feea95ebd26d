// The whole way of a module's bytes: repository, broker, box.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import mqtt, { type MqttClient } from 'mqtt';
import { systemClock } from '../../../firmware/hal/clock.ts';
import { openDirectory } from '../../../firmware/hal/directory.ts';
import { Downloads } from '../../../firmware/update/download.ts';
import { MqttRangeReader, READ_TOPIC } from '../../../firmware/update/mqtt-range-reader.ts';
import { Trust } from '../../../firmware/update/trust.ts';
import { FileRange, ReadRange } from '../../../proto/host/cloud/repository.ts';
import { MemoryDirectory } from '../../../runtime/memory-directory.ts';
import { ModuleStore } from '../../../runtime/module/store.ts';
import { startBroker } from '../broker.ts';
import { Repository } from './repository.ts';
import { serveRepository } from './serve.ts';

const CHUNK = 16_384;
const chunkBytes = { least: CHUNK, most: CHUNK };
const WINDOW = 4;

async function start(t: ExecutionContext, { bytes = new Uint8Array(600_000).map((_, at) => at % 251) } = {}) {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-serve-'));
	const repository = await Repository.create({ directory: join(folder, 'repository') });
	await repository.addTarget({ path: 'modules/a-1.wasm', bytes, custom: { name: 'a' } });
	let broker = await startBroker();
	const { port, url } = broker;
	const clients: MqttClient[] = [];
	const connect = async (clientId: string): Promise<MqttClient> => {
		const client = await mqtt.connectAsync(url, { protocolVersion: 5, clientId, reconnectPeriod: 10 });
		client.on('error', () => undefined);
		clients.push(client);
		return client;
	};
	const lines: string[] = [];
	const headend = await connect('headend');
	const service = await serveRepository({
		client: headend,
		directory: repository.publicDirectory,
		log: (line) => lines.push(line),
	});
	t.teardown(async () => {
		await Promise.all(clients.map((client) => client.endAsync(true)));
		await service.close();
		await broker.close();
		await rm(folder, { recursive: true, force: true });
	});
	return {
		folder,
		repository,
		bytes,
		url,
		connect,
		headend,
		lines,
		stopBroker: (): Promise<void> => broker.close(),
		startBroker: async (): Promise<void> => {
			broker = await startBroker({ port });
		},
	};
}

/** Counts the bytes of a target that answers carry. */
async function countFetched(client: MqttClient, topic: string): Promise<() => number> {
	let fetched = 0;
	client.on('message', (_topic, payload) => {
		const { data, size } = FileRange.decode(payload);
		if (size === 600_000) fetched += data.length;
	});
	await client.subscribeAsync(topic);
	return () => fetched;
}

test('a module comes from the repository over MQTT into the store of the box', async (t) => {
	const { repository, connect, folder, bytes } = await start(t);
	const reader = new MqttRangeReader({ client: await connect('box'), clock: systemClock() });
	const directory = new MemoryDirectory();
	const trust = await Trust.open({ directory, rootJson: await repository.rootJson(), reader });
	const store = await ModuleStore.open({ directory: directory.folder('modules') });

	await trust.refresh();
	const [target] = trust.find((custom) => custom['name'] === 'a');
	if (target === undefined) return t.fail('the target was not found');
	const downloads = new Downloads({ directory: join(folder, 'box'), reader, clock: systemClock() });
	await downloads.fetch({ target }, (module) => store.put(module, target.sha256));

	t.true(Buffer.from(bytes).equals(await store.get(target.sha256)));
	await reader.close();
});

test('the broker goes half-way and comes back: the download ends, and no byte beyond the window came twice', async (t) => {
	const { repository, connect, folder, bytes, stopBroker, startBroker: again } = await start(t);
	const client = await connect('box');
	const reader = new MqttRangeReader({ client, clock: systemClock(), timeoutMs: 1000 });
	const trust = await Trust.open({
		directory: new MemoryDirectory(),
		rootJson: await repository.rootJson(),
		reader,
	});
	await trust.refresh();
	const target = trust.target('modules/a-1.wasm');
	if (target === undefined) return t.fail('the target was not found');
	const fetched = await countFetched(client, 'mullion/reply/box/repository');
	let outage: Promise<void> | undefined;

	const got = await new Downloads({
		directory: join(folder, 'box'),
		reader,
		clock: systemClock(),
		chunkBytes,
	}).fetch(
		{
			target,
			onProgress: (at) => {
				if (at > 300_000) outage ??= stopBroker().then(again);
			},
		},
		async (module) => module,
	);

	t.truthy(outage);
	await outage;
	t.true(Buffer.from(bytes).equals(got));
	t.true(fetched() <= bytes.length + WINDOW * CHUNK, `${fetched()} bytes came`);
	await reader.close();
});

const box = `
	const [url, folder, root, target] = process.argv.slice(1);
	const from = (path) => import(new URL(path, ${JSON.stringify(new URL('../../../', import.meta.url).href)}).href);
	const mqtt = (await import(${JSON.stringify(import.meta.resolve('mqtt'))})).default;
	const { systemClock } = await from('firmware/hal/clock.ts');
	const { openDirectory } = await from('firmware/hal/directory.ts');
	const { Downloads } = await from('firmware/update/download.ts');
	const { MqttRangeReader } = await from('firmware/update/mqtt-range-reader.ts');
	const { Trust } = await from('firmware/update/trust.ts');
	const { ModuleStore } = await from('runtime/module/store.ts');
	const client = await mqtt.connectAsync(url, { protocolVersion: 5, clientId: 'killed' });
	const reader = new MqttRangeReader({ client, clock: systemClock() });
	const trust = await Trust.open({ directory: await openDirectory(folder + '/trust'), rootJson: Buffer.from(root, 'base64'), reader });
	await trust.refresh();
	const store = await ModuleStore.open({ directory: await openDirectory(folder + '/modules') });
	const found = trust.target(target);
	await new Downloads({ directory: folder + '/downloads', reader, clock: systemClock(), chunkBytes: ${JSON.stringify(chunkBytes)} }).fetch({ target: found }, (bytes) => store.put(bytes, found.sha256));
	const unit = { name: 'a', version: '1', digest: found.sha256, uuid: 'u', installedAtUs: 1, requestedState: 'active' };
	await store.record(unit);
	process.stdout.write('installed');
	await client.endAsync(true);`;

test('a box that is killed again and again at any moment of an install ends with the module, whole', async (t) => {
	const { repository, connect, folder, bytes, url } = await start(t);
	const spy = await connect('spy');
	const fetched = await countFetched(spy, 'mullion/reply/killed/repository');
	const digest = createHash('sha256').update(bytes).digest('hex');
	const root = Buffer.from(await repository.rootJson()).toString('base64');
	const home = join(folder, 'box');
	await mkdir(home);
	let kills = 0;
	for (let isInstalled = false; !isInstalled; ) {
		const child = spawn(
			process.execPath,
			['--input-type=module', '-e', box, url, home, root, 'modules/a-1.wasm'],
			{
				stdio: ['ignore', 'pipe', 'inherit'],
			},
		);
		// Six rounds are killed after a random number of answers; then the box is left alone.
		let left = kills < 6 ? 1 + Math.floor(Math.random() * 16) : Number.POSITIVE_INFINITY;
		const onAnswer = (): void => {
			if (--left === 0) child.kill('SIGKILL');
		};
		spy.on('message', onAnswer);
		isInstalled = (await text(child.stdout)) === 'installed';
		spy.off('message', onAnswer);
		if (!isInstalled) kills++;
		const store = await ModuleStore.open({ directory: await openDirectory(join(home, 'modules')) });
		t.is(store.units().length, isInstalled ? 1 : store.units().length);
		for (const unit of store.units()) t.true(Buffer.from(bytes).equals(await store.get(unit.digest)));
	}

	const store = await ModuleStore.open({ directory: await openDirectory(join(home, 'modules')) });
	t.is(store.unit('a')?.digest, digest);
	t.true(kills >= 1);
	t.true(fetched() <= bytes.length + kills * WINDOW * CHUNK, `${fetched()} bytes came, ${kills} kills`);
});

async function ask(client: MqttClient, request: Parameters<typeof ReadRange.encode>[0], properties = {}) {
	const answered = new Promise<FileRange>((resolve) =>
		client.once('message', (_topic, payload) => resolve(FileRange.decode(payload))),
	);
	await client.publishAsync(READ_TOPIC, Buffer.from(ReadRange.encode(request)), {
		properties: { responseTopic: 'mullion/reply/asker/x', correlationData: Buffer.of(1), ...properties },
	});
	return answered;
}

test('a box gets nothing but what is public: no path leads out of it', async (t) => {
	const { connect, repository, folder } = await start(t);
	const client = await connect('asker');
	await client.subscribeAsync('mullion/reply/asker/x');
	await writeFile(join(folder, 'secret'), 'secret');
	await symlink(join(folder, 'repository', 'keys'), join(repository.publicDirectory, 'other'));
	const status = async (path: string): Promise<number> =>
		(await ask(client, { path, offset: 0, length: 10 })).status;

	t.is(await status('metadata/timestamp.json'), 1);
	t.is(await status('metadata/none.json'), 2);
	t.is(await status('targets/modules'), 2);
	t.is(await status('metadata/timestamp.json/x'), 2);
	for (const path of [
		'',
		'metadata',
		'/etc/passwd',
		'metadata/../../keys',
		'targets/../../../secret',
		'metadata//timestamp.json',
		'metadata/./timestamp.json',
		'metadata/..',
		'other/root.pem',
		'metadata/~timestamp.json.0',
		'metadata/timestamp.json\0',
		`targets/${'a/'.repeat(100)}b`,
	]) {
		t.is(await status(path), 3, JSON.stringify(path));
	}
});

test('an answer is never longer than 512 KiB, ends with the file and is empty past its end', async (t) => {
	const { connect, repository, bytes } = await start(t);
	const client = await connect('asker');
	await client.subscribeAsync('mullion/reply/asker/x');
	const sha256 = (await repository.targets())['modules/a-1.wasm']?.hashes['sha256'];
	const path = `targets/modules/${sha256}.a-1.wasm`;

	const whole = await ask(client, { path, offset: 0, length: 4_294_967_295 });
	t.deepEqual([whole.size, whole.data.length], [600_000, 524_288]);
	const end = await ask(client, { path, offset: 599_990, length: 100 });
	t.deepEqual(end.data, bytes.slice(599_990));
	const past = await ask(client, { path, offset: 1_000_000, length: 100 });
	t.deepEqual([past.status, past.size, past.data.length], [1, 600_000, 0]);
});

test('requests that cannot be answered are dropped and told, and others are served on', async (t) => {
	const { connect, lines } = await start(t);
	const client = await connect('asker');
	await client.subscribeAsync(['mullion/reply/asker/x', 'usp/agent']);
	const request = Buffer.from(ReadRange.encode({ path: 'metadata/timestamp.json', offset: 0, length: 1 }));
	const topic = { responseTopic: 'mullion/reply/asker/x' };
	await client.publishAsync(READ_TOPIC, request);
	await client.publishAsync(READ_TOPIC, request, { properties: topic });
	await client.publishAsync(READ_TOPIC, request, {
		properties: { responseTopic: 'usp/agent', correlationData: Buffer.of(1) },
	});
	await client.publishAsync(READ_TOPIC, Buffer.of(0xff), {
		properties: { ...topic, correlationData: Buffer.of(1) },
	});

	const answer = await ask(client, { path: 'metadata/timestamp.json', offset: 0, length: 1 });

	t.is(answer.data.length, 1);
	t.is(lines.filter((line) => line.startsWith('dropped a read without a response topic')).length, 3);
	t.is(lines.filter((line) => line.startsWith('could not answer')).length, 1);
});
