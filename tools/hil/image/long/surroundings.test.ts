// A box among wrong surroundings: data that is not its own or no data, and clocks that are off.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { firstBootState } from '../../../../firmware/image/build-image.ts';
import { makeData } from '../../../../firmware/image/data-file-system.ts';
import { claim } from '../../board/claim.ts';
import { openImageBench } from '../image-bench.ts';

const bench = await openImageBench();
const image = await bench.build(1);
test.after.always(() => bench[Symbol.asyncDispose]());

test.serial(
	'a box whose data partition is unreadable comes to its cloud without it, tells, and leaves it as it is',
	async (t) => {
		const garbage = new Uint8Array(1_048_576).fill(0xa5);
		await comesWithout(t, { data: garbage, said: 'the data partition cannot be used' });
	},
);

test.serial('a box does not take the data of another one for its own', async (t) => {
	const folder = join(bench.folder, 'another');
	const data = join(bench.folder, 'another.img');
	await mkdir(folder);
	const endpointId = 'os::00D09E-ANOTHER-000001';
	await makeData({ board: bench.board, config: { endpointId }, folder, file: data, builtAt: 1 });
	await comesWithout(t, { data, said: `the data partition is of another box: ${endpointId}` });
});

/** The operator of a box with this data partition hears what is wrong with it, again after a restart. */
async function comesWithout(
	t: ExecutionContext,
	{ data, said }: { readonly data: string | Uint8Array; readonly said: string },
): Promise<void> {
	await using box = await claim({ needs: ['power', 'flash', 'reset'] });
	await box.flash(await bench.flashable(image, { bootState: firstBootState(1), contents: { data } }));
	const operator = await bench.operator(20_000);
	t.teardown(() => operator.close());
	for (let starts = 2; starts > 0; starts--) {
		const isThere = new Promise<void>((resolve) => operator.onConnected(resolve));
		if (starts === 2) await box.power.on();
		else await box.reset();
		await box.serial.expect(`mullion: ${said}`);
		await isThere;
		const { Lines } = await operator.operate('Device.X_MULLION_Log.Read()', {}, { isSync: true });
		t.true(Lines?.includes(said));
	}
}

for (const [when, time] of [
	['in 1970', '1970-01-01T00:00:10Z'],
	['beyond 2038', '2039-02-01T00:00:00Z'],
] as const)
	test.serial(`a box whose clock is ${when} comes to its cloud`, async (t) => {
		await using box = await claim({ needs: ['power', 'flash', 'clock'] });
		await box.flash(await bench.flashable(image, { bootState: firstBootState(1) }));
		box.clock.startAt(new Date(time));
		const operator = await bench.operator(20_000);
		t.teardown(() => operator.close());
		const isThere = new Promise<void>((resolve) => operator.onConnected(resolve));
		await box.power.on();
		await isThere;
		t.truthy(await operator.get(['Device.DeviceInfo.']));
	});
