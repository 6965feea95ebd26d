// Firmware over the air: from the operator's repository into the other slot of a box that runs.
import test, { type ExecutionContext } from 'ava';
import { firstBootState } from '../../../../firmware/image/build-image.ts';
import type { Controller } from '../../../controller/controller.ts';
import type { Board } from '../../board/board.ts';
import { openBoardRun } from '../../board/board-run.ts';
import { claim } from '../../board/claim.ts';
import { fillData } from '../full-data.ts';
import { openImageBench } from '../image-bench.ts';

const other = 'Device.DeviceInfo.FirmwareImage.2.';
const run = await openBoardRun('firmware update');
const bench = await openImageBench();
const old = await bench.build(1);
const next = await bench.build(2);
const oldUrl = await bench.publish(old);
const url = await bench.publish(next);
test.after.always(async () => {
	await bench[Symbol.asyncDispose]();
	await run[Symbol.asyncDispose]();
});

/** Switches the box on; resolves once its operator can talk to it. */
async function start(t: ExecutionContext, box: Board): Promise<Controller> {
	const operator = await bench.operator(20_000);
	t.teardown(() => operator.close());
	const isThere = new Promise<void>((resolve) => operator.onConnected(resolve));
	await box.power.on();
	await isThere;
	return operator;
}

test.serial(
	'a release is started from the other slot, kept once found healthy, and none before it is taken',
	async (t) => {
		t.timeout(600_000);
		await run.test(t.title, { needs: ['power', 'flash', 'watchdog'] }, async (box) => {
			await box.flash(await bench.flashable(old, { bootState: firstBootState(1) }));
			const operator = await start(t, box);
			const updated = operator.operate(`${other}Download()`, { URL: url, AutoActivate: 'true' });
			await box.serial.expect('starting slot b');
			await box.serial.expect('release 2, in slot b is trial');
			await box.serial.expect('was found healthy');
			await updated;
			t.like((await operator.get([other]))[other], { Name: 'b', Status: 'Active', Version: '1.0.2' });

			await t.throwsAsync(
				operator.operate('Device.DeviceInfo.FirmwareImage.1.Download()', {
					URL: oldUrl,
					AutoActivate: 'true',
				}),
				{ code: 'failed', message: '1.0.1 is release 1, and this box takes none before 2' },
			);
			await box.power.cut();
			const again = await start(t, box);
			t.like((await again.get([other]))[other], { Status: 'Active', Version: '1.0.2' });
		});
	},
);

test.serial(
	'a download that the power is cut from goes on by itself, and what runs is as it was meanwhile',
	async (t) => {
		t.timeout(600_000);
		await run.test(t.title, { needs: ['power', 'flash', 'link'] }, async (box) => {
			await box.flash(await bench.flashable(old, { bootState: firstBootState(1) }));
			const operator = await start(t, box);
			const updated = operator.operate(`${other}Download()`, { URL: url, AutoActivate: 'true' });
			updated.catch(() => undefined);
			for (let cuts = 2; cuts > 0; cuts--) {
				await box.serial.expect(/1\.0\.2: (boot|root) has [1-9]\d* of \d+ bytes/);
				await box.power.cut();
				await box.power.on();
				await box.serial.expect('release 1, in slot a is settled');
			}
			await box.serial.expect('starting slot b');
			await box.serial.expect('was found healthy');
			t.pass();
		});
	},
);

test.serial(
	'an update that cannot be written fails and says so, and is installed once the disk takes it',
	async (t) => {
		t.timeout(600_000);
		await using box = await claim({ needs: ['power', 'flash', 'storage-faults'] });
		await box.flash(await bench.flashable(old, { bootState: firstBootState(1) }));
		const operator = await start(t, box);
		await box.storage.fail([{ on: 'write', range: { partition: 'root-b' } }]);
		await t.throwsAsync(operator.operate(`${other}Download()`, { URL: url }), {
			code: 'failed',
			message: /^root-b: .*EIO/,
		});
		const images = await operator.get(['Device.DeviceInfo.FirmwareImage.']);
		t.like(images['Device.DeviceInfo.FirmwareImage.1.'], { Status: 'Active', Version: '1.0.1' });
		t.like(images[other], { Status: 'InstallationFailed', Available: 'false' });

		await box.storage.fail([]);
		await operator.operate(`${other}Download()`, { URL: url });
		t.like((await operator.get([other]))[other], { Status: 'Available', Version: '1.0.2' });
	},
);

test.serial(
	'a box whose data partition is full comes to its cloud, tells, and leaves it as it is',
	async (t) => {
		t.timeout(600_000);
		const data = await fillData({ data: old.data.file, folder: bench.folder, leftBytes: 0 });
		await using box = await claim({ needs: ['power', 'flash'] });
		await box.flash(await bench.flashable(old, { bootState: firstBootState(1), contents: { data } }));
		const operator = await start(t, box);
		await box.serial.expect('mullion: the data partition is full');
		const { Lines } = await operator.operate('Device.X_MULLION_Log.Read()', {}, { isSync: true });
		t.true(Lines?.includes('the data partition is full'));
		await box.power.cut();
		await start(t, box);
		await box.serial.expect('mullion: the data partition is full');
	},
);
