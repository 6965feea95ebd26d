/** Firmware on partitions that are files: opened as a box opens them. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { openFirmware } from '../../../firmware/box/open-firmware.ts';
import { openDirectory } from '../../../firmware/hal/directory.ts';
import { releaseTargets } from '../../../firmware/slots/release-targets.ts';
import { SimulatedHealth } from '../../../firmware/slots/simulated-health.ts';
import { bootFrom, devicesIn, makeSlotFiles, slotBytes } from '../../../firmware/slots/slot-files.fixture.ts';
import { board, imagesOf } from '../../../firmware/slots/testbed.fixture.ts';
import { Hub } from '../../../runtime/bus/hub.ts';
import { ManualClock } from '../../../runtime/manual-clock.ts';
import { startBox } from './trusting-box.ts';

const { signal } = new AbortController();

async function disk(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-slots-'));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	await makeSlotFiles(folder);
	return folder;
}

test('a release comes into the files of the other slot, the box is restarted, and what then runs is found good', async (t) => {
	const partitions = await disk(t);
	const { repository, trust, reader, publish } = await startBox(t);
	const images = imagesOf(2);
	for (const target of releaseTargets({ board, version: '2.0.0', release: 2, slotBytes, images }))
		await repository.addTarget(target);
	await publish();
	const clock = new ManualClock();
	const health = new SimulatedHealth();
	const notes: string[] = [];
	const restarted = Promise.withResolvers<void>();
	const boot = async (version: string, release: number) => {
		const slot = await bootFrom(partitions);
		const firmware = await openFirmware({
			image: { board, version, release, slot, devices: devicesIn(partitions) },
			directory: await openDirectory(join(partitions, 'data')),
			clock,
			health,
			trust,
			reader,
			isIdle: () => true,
			hub: new Hub(),
			roles: [],
			restart: async () => restarted.resolve(),
			onNote: (note) => notes.push(note),
		});
		t.teardown(() => firmware.close());
		return { slot, ...firmware };
	};

	const old = await boot('1.0.0', 1);
	await old.manager.download({ slot: 'b', url: `tuf:firmware/${board}/2.0.0`, signal });
	const abort = new AbortController();
	const activation = t.throwsAsync(
		old.manager.activate({ slot: 'b', isResumed: false, signal: abort.signal }),
		{ message: 'the agent stops' },
	);
	await restarted.promise;
	abort.abort(new Error('the agent stops'));
	await activation;
	await old.close();

	const next = await boot('2.0.0', 2);
	t.is(next.slot, 'b');
	const taken = next.manager.activate({ slot: 'b', isResumed: true, signal });
	while (!notes.some((note) => note.includes('found'))) {
		await new Promise((resolve) => setImmediate(resolve));
		clock.advance(1000);
	}
	await taken;
	t.is(notes.at(-1), 'the firmware that runs was found healthy');
	const root = await readFile(join(partitions, 'root-b'));
	t.is(Buffer.compare(root.subarray(0, images.root.length), images.root), 0);
});

test('a box without one of its partitions does not guess', async (t) => {
	const partitions = await disk(t);
	const { trust, reader } = await startBox(t);
	const options = {
		directory: await openDirectory(join(partitions, 'data')),
		clock: new ManualClock(),
		health: new SimulatedHealth(),
		trust,
		reader,
		isIdle: () => true,
		hub: new Hub(),
		roles: [],
		restart: async () => undefined,
		onNote: () => undefined,
	};
	const image = { board, version: '1.0.0', release: 1, slot: 'a', devices: devicesIn(partitions) } as const;

	await rm(join(partitions, 'root-b'));
	await t.throwsAsync(openFirmware({ ...options, image }), {
		code: 'no-device',
		message: /root-b/,
	});
});
