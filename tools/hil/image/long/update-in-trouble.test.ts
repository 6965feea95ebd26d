// Firmware over the air where something is in the way: the power, the disk, no room.
import test, { type ExecutionContext } from 'ava';
import { firstBootState } from '../../../../firmware/image/build-image.ts';
import { makeProbe } from '../../../../modules/probe/testbed.ts';
import type { Controller } from '../../../controller/controller.ts';
import type { Board } from '../../board/board.ts';
import { askBox, publishInBox } from '../box-bus.ts';
import { areSettled } from '../cuts/box-talk.ts';
import { fillData } from '../full-data.ts';
import { openImageRun } from '../image-run.ts';

const other = 'Device.DeviceInfo.FirmwareImage.2.';
const run = await openImageRun('update in trouble');
const { bench } = run;
const { built, order } = await makeProbe();
const old = await bench.build(1, [built]);
const next = await bench.build(2, [built]);
const url = await bench.publish(next);
test.after.always(() => run[Symbol.asyncDispose]());

/** So slow that a writer which marks every 4 MiB has no more to mark meanwhile (`firmware/slots/slot-writer.ts`). */
const slowKbps = 16_000;
/** So slow that the rest is not there before the box has been looked at. */
const slowestKbps = 2000;
/** What is not marked yet at most: as much as one mark is for, as much again while that is made, and pieces. */
const unmarkedBytes = 12 * 1_048_576;

/** Where it says next that it is with an image of the new release. */
async function progressOf(box: Board, partition: string): Promise<{ at: number; length: number }> {
	const { groups } = await box.serial.expect(
		new RegExp(`1\\.0\\.2: ${partition} has (\\d+) of (\\d+) bytes$`),
	);
	return { at: Number(groups[0]), length: Number(groups[1]) };
}

test.serial(
	'a download that the power is cut from goes on by itself where it was, and what runs is as it was meanwhile',
	async (t) => {
		t.timeout(1_200_000);
		await run.test(t.title, { needs: ['power', 'flash', 'link-shape'] }, async (box) => {
			await box.flash(await bench.flashable(old, { bootState: firstBootState(1) }));
			const operator = await bench.start(t, box);
			await areSettled(operator);
			await publishInBox(operator, 'probe.order', order({ what: 'put', text: 'season', count: 1 }));
			// What it is asked may come into the turn that keeps it, in which it is not kept yet.
			while (!(await hasKept(operator)));
			box.link.shape({ rateKbps: slowKbps });
			const updated = operator.operate(`${other}Download()`, { URL: url, AutoActivate: 'true' });
			updated.catch(() => undefined);
			let told = await progressOf(box, 'root');
			while (told.at < told.length / 2) told = await progressOf(box, 'root');
			let least = told.at - unmarkedBytes;
			t.true(least > 0);
			box.link.shape({ rateKbps: slowestKbps });
			for (let cuts = 2; cuts > 0; cuts--) {
				await box.power.cut();
				const isThere = new Promise<void>((resolve) => operator.onConnected(resolve));
				await box.power.on();
				await box.serial.expect('release 1, in slot a is settled');
				await isThere;
				await isAsBefore(t, operator);
				const boot = await progressOf(box, 'boot');
				t.is(boot.at, boot.length, 'the first image was whole before the second began');
				const { at, length } = await progressOf(box, 'root');
				t.true(at >= least && at < length, `${at} of ${length} bytes, where at least ${least} were marked`);
				// A mark never goes back.
				least = at;
			}
			box.link.shape({ rateKbps: Number.POSITIVE_INFINITY });
			await box.serial.expect('starting slot b');
			await box.serial.expect('was found healthy');
			t.like((await operator.get([other]))[other], { Status: 'Active', Version: '1.0.2' });
			t.true(await hasKept(operator));
		});
	},
);

/** What ran before the update runs, with what it has kept. */
async function isAsBefore(t: ExecutionContext, operator: Controller): Promise<void> {
	const objects = await operator.get(['Device.DeviceInfo.FirmwareImage.', 'Device.SoftwareModules.']);
	t.like(objects['Device.DeviceInfo.FirmwareImage.1.'], { Name: 'a', Status: 'Active', Version: '1.0.1' });
	t.like(objects['Device.SoftwareModules.DeploymentUnit.1.'], { Name: 'probe', Status: 'Installed' });
	t.true(await hasKept(operator));
}

async function hasKept(operator: Controller): Promise<boolean> {
	await areSettled(operator);
	const answer = await askBox(operator, 'probe.order', order({ what: 'get', text: 'season' }));
	return answer.includes('something');
}

test.serial(
	'an update that cannot be written fails and says so, and is installed once the disk takes it',
	async (t) => {
		t.timeout(600_000);
		await run.test(t.title, { needs: ['power', 'flash', 'storage-faults'] }, async (box) => {
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
		});
	},
);

test.serial(
	'a box whose data partition is full comes to its cloud, tells, takes a release, and leaves the partition as it is',
	async (t) => {
		t.timeout(600_000);
		const data = await fillData({ data: old.data.file, folder: bench.folder, leftBytes: 0 });
		await run.test(t.title, { needs: ['power', 'flash'] }, async (box) => {
			await box.flash(await bench.flashable(old, { bootState: firstBootState(1), contents: { data } }));
			const operator = await bench.start(t, box);
			await box.serial.expect('mullion: the data partition is full');
			const { Lines } = await operator.operate('Device.X_MULLION_Log.Read()', {}, { isSync: true });
			t.true(Lines?.includes('the data partition is full'));
			await operator.operate(`${other}Download()`, { URL: url });
			t.like((await operator.get([other]))[other], { Status: 'Available', Version: '1.0.2' });
			await box.power.cut();
			await bench.start(t, box);
			await box.serial.expect('mullion: the data partition is full');
		});
	},
);
