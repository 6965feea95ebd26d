/** What every `BlockDevice` must do, as tests that run over each of them. */
import type { ExecutionContext, TestFn } from 'ava';
import fc from 'fast-check';
import type { BlockDevice } from './block-device.ts';

export interface BlockDeviceContract {
	readonly name: string;
	/** A new device of zeros. */
	readonly open: (t: ExecutionContext, size: number) => Promise<BlockDevice>;
}

const size = 3_000_000;

export function blockDeviceContract(test: TestFn, { name, open }: BlockDeviceContract): void {
	test(`${name}: what was written anywhere reads back from anywhere, and nothing beside it changes`, async (t) => {
		const device = await open(t, size);
		const truth = new Uint8Array(size);
		const place = fc.tuple(
			fc.oneof(
				fc.nat(size),
				fc.nat(size >> 9).map((sector) => sector * 512),
				fc.nat(size >> 12).map((page) => page * 4096),
			),
			fc.oneof(
				fc.nat(2000),
				fc.nat(4).map((sectors) => sectors * 512),
				fc.nat(4).map((pages) => pages * 4096),
				fc.constant(2_000_001),
			),
		);
		await fc.assert(
			fc.asyncProperty(place, place, fc.nat(255), async ([at, length], [from, count], value) => {
				const bytes = new Uint8Array(Math.min(length, size - at)).fill(value);
				await device.write(at, bytes);
				truth.set(bytes, at);
				await device.sync();

				const into = new Uint8Array(Math.min(count, size - from));
				await device.read(from, into);
				return Buffer.compare(into, truth.subarray(from, from + into.length)) === 0;
			}),
			{ numRuns: 200 },
		);
		t.is(device.size, size);
	});

	test(`${name}: a place that is not wholly on the device is refused, and nothing is written`, async (t) => {
		const device = await open(t, 1024);

		for (const [at, length] of [
			[1020, 5],
			[-1, 1],
			[0.5, 1],
			[2048, 0],
		] as const) {
			await t.throwsAsync(device.read(at, new Uint8Array(length)), { code: 'out-of-range' });
			await t.throwsAsync(device.write(at, new Uint8Array(length).fill(1)), { code: 'out-of-range' });
		}
		const all = new Uint8Array(1024);
		await device.read(0, all);
		t.deepEqual(all, new Uint8Array(1024));
	});
}
