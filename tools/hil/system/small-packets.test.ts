import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { connectAsync } from 'mqtt';
import { systemClock } from '../../../firmware/hal/clock.ts';
import { Downloads } from '../../../firmware/update/download.ts';
import { MqttRangeReader } from '../../../firmware/update/mqtt-range-reader.ts';
import { Trust } from '../../../firmware/update/trust.ts';
import { MemoryDirectory } from '../../../runtime/memory-directory.ts';
import { startMosquitto } from '../../headend/mosquitto.ts';
import { Repository } from '../../headend/repository/repository.ts';
import { serveRepository } from '../../headend/repository/serve.ts';

test('files come whole through a broker that takes only small packets', async (t) => {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-packets-'));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	await using broker = await startMosquitto({ maxPacketBytes: 20_000 });
	const repository = await Repository.create({ directory: join(folder, 'repository') });
	const bytes = new Uint8Array(600_000).map((_, at) => at % 251);
	await repository.addTarget({ path: 'modules/a-1.wasm', bytes, custom: { name: 'a' } });
	const [headend, box] = await Promise.all(
		['headend', 'box'].map((clientId) => connectAsync(broker.url, { protocolVersion: 5, clientId })),
	);
	if (headend === undefined || box === undefined) return t.fail('nobody is connected');
	t.teardown(() => Promise.all([headend.endAsync(true), box.endAsync(true)]));
	const service = await serveRepository({ client: headend, directory: repository.publicDirectory });
	t.teardown(() => service.close());
	const clock = systemClock();
	const reader = new MqttRangeReader({ client: box, clock });
	t.teardown(() => reader.close());
	const trust = await Trust.open({
		directory: new MemoryDirectory(),
		rootJson: await repository.rootJson(),
		reader,
		clock,
	});

	await trust.refresh();
	const target = trust.target('modules/a-1.wasm');
	if (target === undefined) return t.fail('the target was not found');
	const downloads = new Downloads({ directory: join(folder, 'downloads'), reader, clock });
	const got = await downloads.fetch({ target }, async (whole) => whole);

	t.is(Buffer.compare(got, bytes), 0);
});
