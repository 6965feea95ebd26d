import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import mqtt from 'mqtt';
import { startBroker } from '../../tools/headend/broker.ts';
import { Repository } from '../../tools/headend/repository/repository.ts';
import { serveRepository } from '../../tools/headend/repository/serve.ts';
import { systemClock } from '../hal/clock.ts';
import { readChunks } from '../update/chunks.ts';
import { LogBook } from './log-book.ts';
import { addressOf, openRepository } from './open-repository.ts';

const release = new Uint8Array(9_000_000).map((_, at) => (at * 2_654_435_761) >>> 24);

async function headend(t: ExecutionContext) {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-open-repository-'));
	const repository = await Repository.create({ directory: join(folder, 'repository') });
	await repository.addTarget({ path: 'firmware/a.img', bytes: release, custom: {} });
	let broker = await startBroker();
	const { port, url } = broker;
	const client = await mqtt.connectAsync(url, { protocolVersion: 5, reconnectPeriod: 10 });
	client.on('error', () => undefined);
	const service = await serveRepository({ client, directory: repository.publicDirectory });
	t.teardown(async () => {
		await client.endAsync(true);
		await service.close();
		await broker.close();
		await rm(folder, { recursive: true, force: true });
	});
	const sha256 = (await repository.targets())['firmware/a.img']?.hashes['sha256'];
	return {
		url,
		path: `targets/firmware/${sha256}.a.img`,
		restartBroker: async () => {
			await broker.close();
			broker = await startBroker({ port });
		},
	};
}

test('a release comes whole through memory that is used again, also where the broker is gone for a while', async (t) => {
	const { url, path, restartBroker } = await headend(t);
	const clock = systemClock();
	const repository = openRepository({ broker: url, clock, log: new LogBook(clock) });
	t.teardown(() => repository.close());
	let at = 0;
	let isGone = false;
	const chunks = readChunks({
		...{ reader: repository.reader, clock, path, offset: 0, end: release.length, window: 4 },
		chunkBytes: { least: 16_384, most: 524_288 },
		signal: new AbortController().signal,
		wrongSize: (size) => new Error(`${size} bytes`),
	});
	for await (const chunk of chunks) {
		// Whoever uses a chunk takes a while, in which others come.
		await new Promise((resolve) => setImmediate(resolve));
		if (Buffer.compare(chunk, release.subarray(at, at + chunk.length)) !== 0)
			t.fail(`other bytes from ${at} on`);
		at += chunk.length;
		if (at > release.length / 2 && !isGone) {
			isGone = true;
			await restartBroker();
		}
	}
	t.is(at, release.length);
	t.true(isGone);
});

test('a broker is found by its name, or by an address of either kind', (t) => {
	for (const [url, host, port] of [
		['mqtt://broker.example', 'broker.example', 1883],
		['mqtt://box:secret@192.0.2.7:1884/', '192.0.2.7', 1884],
		['mqtt://[2001:db8::7]:1885', '2001:db8::7', 1885],
	] as const)
		t.deepEqual(addressOf(new URL(url)), { host, port });
});
