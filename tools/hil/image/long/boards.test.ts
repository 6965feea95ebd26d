// Another board than the usual one, and what the description of a board says of it.
import { copyFile, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { loadBoard } from '../../../../firmware/image/board.ts';
import { firstBootState } from '../../../../firmware/image/build-image.ts';
import type { BootState } from '../../../../firmware/slots/boot-state.ts';
import { makeProbe } from '../../../../modules/probe/testbed.ts';
import { emulatedOffer } from '../../board/claim.ts';
import { openImageRun } from '../image-run.ts';

const other = 'Device.DeviceInfo.FirmwareImage.2.';
const board = await loadBoard('qemu-x86_64');
const offers = [await emulatedOffer(board.name)];
const run = await openImageRun('boards', { board });
const { bench } = run;
const { built } = await makeProbe();
const old = await bench.build(1, [built]);
const url = await bench.publish(await bench.build(2, [built]));
test.after.always(() => run[Symbol.asyncDispose]());

/** Slot b holds something to be tried once. */
const onTrial: BootState = {
	...firstBootState(1),
	order: ['b', 'a'],
	b: { left: 1, isGood: false },
	reason: 'not-started',
};

test.serial('a PC comes to its cloud with the modules of its factory, and takes an update', async (t) => {
	t.timeout(600_000);
	await run.test(t.title, { needs: ['power', 'flash', 'watchdog'], offers }, async (box) => {
		await box.flash(await bench.flashable(old, { bootState: firstBootState(1) }));
		const operator = await bench.start(t, box);
		await box.serial.expect(/sha256,rsa2048:slot\+ OK/);
		await box.serial.expect('release 1, in slot a is settled');
		await operator.get(['Device.DeviceInfo.']);
		for (let status = 'Starting'; status !== 'Active'; ) {
			const units = await operator.get(['Device.SoftwareModules.']);
			t.like(units['Device.SoftwareModules.DeploymentUnit.1.'], { Name: 'probe', Status: 'Installed' });
			status = units['Device.SoftwareModules.ExecutionUnit.1.']?.['Status'] ?? 'missing';
			t.true(['Starting', 'Active'].includes(status), status);
		}

		const updated = operator.operate(`${other}Download()`, { URL: url, AutoActivate: 'true' });
		await box.serial.expect('starting slot b');
		await box.serial.expect('release 2, in slot b is trial');
		await box.serial.expect('was found healthy');
		await updated;
		t.like((await operator.get([other]))[other], { Name: 'b', Status: 'Active', Version: '1.0.2' });
	});
});

test.serial('a PC leaves a release that does not come up, and tells', async (t) => {
	t.timeout(600_000);
	await run.test(t.title, { needs: ['power', 'flash'], offers }, async (box) => {
		const broken = await bench.variant(old, 3, (root) => root.remove('sbin/init'));
		const contents = { 'boot-b': broken.boot.file, 'root-b': broken.root.file };
		await box.flash(await bench.flashable(old, { bootState: onTrial, contents }));
		const operator = await bench.start(t, box);
		await box.serial.expect('starting slot b');
		await box.serial.expect("can't execute '/sbin/init'");
		await box.serial.expect('starting slot a', { unless: 'starting slot b' });
		await box.serial.expect(/ in slot b was given back after \d starts: not-started$/);
		const images = await operator.get(['Device.DeviceInfo.FirmwareImage.']);
		t.like(images[other], { Name: 'b', Available: 'false', Status: 'ActivationFailed' });
	});
});

test.serial('a PC starts no slot that has changed since it was signed', async (t) => {
	t.timeout(600_000);
	await run.test(t.title, { needs: ['power', 'flash'], offers }, async (box) => {
		const forged = join(bench.folder, 'forged.fit');
		await copyFile(old.boot.file, forged);
		await using file = await open(forged, 'r+');
		await file.write(new Uint8Array([0x5a]), 0, 1, (await stat(forged)).size - 1000);
		const contents = { 'boot-b': forged, 'root-b': old.root.file };
		await box.flash(await bench.flashable(old, { bootState: onTrial, contents }));
		await box.power.on();
		await box.serial.expect('starting slot b');
		await box.serial.expect('resetting ...', { unless: 'Starting kernel' });
		await box.serial.expect('starting slot a');
		await box.serial.expect('firmware in slot b was given back');
		t.pass();
	});
});
