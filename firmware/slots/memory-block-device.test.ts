import test from 'ava';
import fc from 'fast-check';
import { blockDeviceContract } from './block-device-contract.ts';
import { DeviceHistory } from './device-history.ts';
import { chooser } from './image.fixture.ts';
import { MemoryBlockDevice } from './memory-block-device.ts';

blockDeviceContract(test, { name: 'in memory', open: async (_t, size) => new MemoryBlockDevice({ size }) });

const of = (value: number, length = 512): Uint8Array => new Uint8Array(length).fill(value);

test('a device that is told to fail does so once, with EIO, and may have written a part', async (t) => {
	const device = new MemoryBlockDevice({ size: 1024 });
	device.failAfter('write', 1);

	await device.write(0, of(1));
	const error = await t.throwsAsync(device.write(512, of(2)), { code: 'device-failed' });
	t.like(error?.cause, { code: 'EIO' });
	t.deepEqual(device.content.subarray(512), new Uint8Array([...of(2, 256), ...of(0, 256)]));
	await t.notThrowsAsync(device.write(512, of(3)));
});

test('what was synced stays whatever happens, and what was not comes in any order or not at all', async (t) => {
	const history = new DeviceHistory();
	const a = new MemoryBlockDevice({ size: 512, name: 'a', history });
	const b = new MemoryBlockDevice({ size: 1024, name: 'b', history });
	await a.write(0, of(1));
	await b.write(0, of(7, 1024));
	await a.sync();
	await a.write(0, of(2));
	await a.write(0, of(3));

	const seenA = new Set<number | undefined>();
	const seenB = new Set<string>();
	fc.assert(
		fc.property(fc.nat(), (seed) => {
			const content = history.torn(5, chooser(seed));
			seenA.add(content.get('a')?.[0]);
			seenB.add(`${content.get('b')?.[0]} ${content.get('b')?.[1023]}`);
		}),
		{ numRuns: 500 },
	);
	t.deepEqual([...seenA].toSorted(), [1, 2, 3]);
	// Syncing one partition does not sync another.
	t.deepEqual([...seenB].toSorted(), ['0 0', '0 7', '7 0', '7 7']);
	t.deepEqual(history.prefix(4).get('a'), of(2));
});
