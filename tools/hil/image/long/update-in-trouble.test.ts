// Firmware over the air where something is in the way: the power, the disk, no room.
import test from 'ava';
import { firstBootState } from '../../../../firmware/image/build-image.ts';
import { claim } from '../../board/claim.ts';
import { fillData } from '../full-data.ts';
import { openImageBench } from '../image-bench.ts';
import { openImageRun } from '../image-run.ts';

const other = 'Device.DeviceInfo.FirmwareImage.2.';
const run = await openImageRun('update in trouble');
const bench = await openImageBench();
const old = await bench.build(1);
const next = await bench.build(2);
const url = await bench.publish(next);
test.after.always(async () => {
	await bench[Symbol.asyncDispose]();
	await run[Symbol.asyncDispose]();
});

test.serial(
	'a download that the power is cut from goes on by itself, and what runs is as it was meanwhile',
	async (t) => {
		t.timeout(600_000);
		await run.test(t.title, { needs: ['power', 'flash', 'link'] }, async (box) => {
			await box.flash(await bench.flashable(old, { bootState: firstBootState(1) }));
			const operator = await bench.start(t, box);
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
		const operator = await bench.start(t, box);
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
		const operator = await bench.start(t, box);
		await box.serial.expect('mullion: the data partition is full');
		const { Lines } = await operator.operate('Device.X_MULLION_Log.Read()', {}, { isSync: true });
		t.true(Lines?.includes('the data partition is full'));
		await box.power.cut();
		await bench.start(t, box);
		await box.serial.expect('mullion: the data partition is full');
	},
);
