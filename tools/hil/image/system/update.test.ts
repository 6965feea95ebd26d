// Firmware over the air: from the operator's repository into the other slot of a box that runs.
import test from 'ava';
import { firstBootState } from '../../../../firmware/image/build-image.ts';
import { openBoardRun } from '../../board/board-run.ts';
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

test.serial(
	'a release is started from the other slot, kept once found healthy, and none before it is taken',
	async (t) => {
		t.timeout(600_000);
		await run.test(t.title, { needs: ['power', 'flash', 'watchdog'] }, async (box) => {
			await box.flash(await bench.flashable(old, { bootState: firstBootState(1) }));
			const operator = await bench.start(t, box);
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
			const again = await bench.start(t, box);
			t.like((await again.get([other]))[other], { Status: 'Active', Version: '1.0.2' });
		});
	},
);
