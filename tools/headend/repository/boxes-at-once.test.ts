/** Boxes that ask for the same firmware at nearly the same time, over one broker. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { connectAsync } from 'mqtt';
import { FirmwareManager } from '../../../firmware/box/firmware-manager.ts';
import { systemClock } from '../../../firmware/hal/clock.ts';
import { releaseTargets } from '../../../firmware/slots/release-targets.ts';
import { board, imagesOf, SlotBox } from '../../../firmware/slots/testbed.fixture.ts';
import { MqttRangeReader } from '../../../firmware/update/mqtt-range-reader.ts';
import { Trust } from '../../../firmware/update/trust.ts';
import { MemoryDirectory } from '../../../runtime/memory-directory.ts';
import { startBroker } from '../broker.ts';
import { Repository } from './repository.ts';
import { serveRepository } from './serve.ts';

const boxes = 3;
const slotBytes = { boot: 200_000, root: 1_500_000 };
const signal = new AbortController().signal;
const log = (): void => undefined;

async function serve(t: ExecutionContext) {
	const directory = await mkdtemp(join(tmpdir(), 'mullion-boxes-'));
	t.teardown(() => rm(directory, { recursive: true, force: true }));
	const repository = await Repository.create({ directory });
	const made = { board, version: '1.2.0', release: 2, slotBytes, images: imagesOf(2) };
	for (const target of releaseTargets(made)) await repository.addTarget(target);
	const broker = await startBroker();
	const client = await connectAsync(broker.url, { protocolVersion: 5 });
	const service = await serveRepository({ client, directory: repository.publicDirectory, log });
	t.teardown(async () => {
		await service.close();
		await client.endAsync(true);
		await broker[Symbol.asyncDispose]();
	});
	return { url: broker.url, rootJson: await repository.rootJson() };
}

/** One more, with a connection and an opinion of its own. */
async function enter(t: ExecutionContext, { url, rootJson }: { url: string; rootJson: Uint8Array }) {
	const client = await connectAsync(url, { protocolVersion: 5 });
	t.teardown(() => client.endAsync(true));
	const clock = systemClock();
	const reader = new MqttRangeReader({ client, clock });
	const trust = await Trust.open({ directory: new MemoryDirectory(), rootJson, reader });
	const box = new SlotBox();
	const { updater, report } = await box.boot();
	const running = { board, version: '1.1.0', release: 1 };
	const home = { ask: async () => 'unanswered' as const, tell: log };
	const told: number[] = [];
	const onNote = (note: string): void => {
		const [, bytes] = /root has (\d+) of/.exec(note) ?? [];
		if (bytes !== undefined) told.push(Number(bytes));
	};
	const given = {
		...running,
		updater,
		report,
		trust,
		reader,
		clock,
		home,
		restart: async () => undefined,
		isIdle: () => true,
		onNote,
	};
	return { box, told, manager: await FirmwareManager.open(given) };
}

test('boxes that ask for a release at once each have it whole, and none waits for another to be done', async (t) => {
	const served = await serve(t);
	const all = await Promise.all(Array.from({ length: boxes }, () => enter(t, served)));
	const { root } = imagesOf(2);
	let ended = 0;
	await Promise.all(
		all.map(async ({ manager }) => {
			await manager.download({ slot: 'b', url: `tuf:firmware/${board}/1.2.0`, signal });
			// When the first one has all of it, the others have begun with their last image.
			if (ended++ === 0) t.true(all.every(({ told }) => told.length > 0));
		}),
	);
	for (const { box, manager } of all) {
		t.is(Buffer.compare(box.slots.b.root.content.subarray(0, root.length), root), 0);
		t.like((await manager.list())[1], { status: 'available', version: '1.2.0' });
	}
});
