/** Firmware on partitions that are files: opened as a box opens them. */
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { openFirmware } from '../../../firmware/box/open-firmware.ts';
import { BlockDeviceFile } from '../../../firmware/hal/block-device-file.ts';
import { openDirectory } from '../../../firmware/hal/directory.ts';
import type { OwnImage } from '../../../firmware/own-image.ts';
import { encodeBootState } from '../../../firmware/slots/boot-state.ts';
import { releaseTargets } from '../../../firmware/slots/release-targets.ts';
import { bootOnce } from '../../../firmware/slots/simulated-boot-loader.ts';
import { SimulatedHealth } from '../../../firmware/slots/simulated-health.ts';
import { board, factoryState, imagesOf } from '../../../firmware/slots/testbed.fixture.ts';
import { ManualClock } from '../../../runtime/manual-clock.ts';
import { startBox } from './trusting-box.ts';

const slotBytes = { boot: 200_000, root: 1_500_000 };
const { signal } = new AbortController();

async function disk(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-slots-'));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	const { boot, root } = imagesOf(1);
	for (const [name, bytes, size] of [
		['bootstate', encodeBootState(factoryState), 1_048_576],
		['boot-a', boot, slotBytes.boot],
		['root-a', root, slotBytes.root],
		['boot-b', new Uint8Array(), slotBytes.boot],
		['root-b', new Uint8Array(), slotBytes.root],
	] as const) {
		await writeFile(join(folder, name), bytes);
		await truncate(join(folder, name), size);
	}
	return folder;
}

function devicesIn(folder: string): OwnImage['devices'] {
	const at = (name: string): string => join(folder, name);
	return {
		bootState: at('bootstate'),
		slots: { a: { boot: at('boot-a'), root: at('root-a') }, b: { boot: at('boot-b'), root: at('root-b') } },
	};
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
		await using bootState = await BlockDeviceFile.open(join(partitions, 'bootstate'));
		const slot = await bootOnce(bootState);
		const firmware = await openFirmware({
			image: { board, version, release, slot, devices: devicesIn(partitions) },
			directory: await openDirectory(join(partitions, 'data')),
			clock,
			health,
			trust,
			reader,
			isIdle: () => true,
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
	t.deepEqual(notes, [
		'firmware 1.0.0, release 1, in slot a is settled',
		'firmware 2.0.0, release 2, in slot b is trial',
		'the firmware that runs was found healthy',
	]);
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
