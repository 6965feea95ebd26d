import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import test from 'ava';
import { armWatchdog } from '../arm-watchdog.ts';
import type { BoardFeature } from '../board.ts';
import { claim, qemuOffer } from '../claim.ts';
import { stopAtUBoot } from '../console-shell.ts';

/** On QEMU, whatever this machine offers. */
const claimQemu = (...needs: BoardFeature[]) => claim({ needs, offers: [qemuOffer()] });

test('a watchdog that nobody feeds resets the box, and the bench sees it fire', async (t) => {
	await using board = await claimQemu('power', 'watchdog');
	await board.power.on();
	const shell = await stopAtUBoot(board.serial);

	const fired = board.next('watchdog');
	const reset = board.next('reset');
	await armWatchdog(shell);

	t.is((await fired).by, 'box');
	t.is((await reset).by, 'box');
	await stopAtUBoot(board.serial);
});

test('the box sees its power button pressed, and has no other', async (t) => {
	await using board = await claimQemu('power', 'buttons');
	await board.power.on();
	const shell = await stopAtUBoot(board.serial);
	// The GPIO controller (PL061) notes when a line rises: line 3 is the power button.
	await shell.run('mw.l 903040c 8');
	const events = () => shell.run('md.l 9030414 1');
	t.regex(await events(), /: 00000000/);

	await board.buttons.press('power');

	t.regex(await events(), /: 00000008/);
	await t.throwsAsync(board.buttons.press('wps'), { code: 'board-lacks' });
});

test('the clock of the box starts at the time that was set', async (t) => {
	await using board = await claimQemu('power', 'clock');

	board.clock.startAt(new Date('2031-02-03T04:05:06Z'));
	await board.power.on();

	t.regex(await (await stopAtUBoot(board.serial)).run('date'), /Date: 2031-02-03 .* 4:05:\d\d/);
});

test('a USB stick is seen when it is plugged in, gone when it is out, and stays in over a power cut', async (t) => {
	await using board = await claim({
		needs: ['power', 'usb'],
		offers: [qemuOffer({ usbController: 'ehci' })],
	});
	const file = join(dirname(board.serial.logFile), 'stick');
	await writeFile(file, Buffer.alloc(1024 * 1024));
	await board.power.on();
	let shell = await stopAtUBoot(board.serial);
	t.regex(await shell.run('usb start'), / 0 Storage Device/);

	const stick = await board.usb.plug({ file });
	t.regex(await shell.run('usb reset'), / 1 Storage Device/);
	await board.power.cut();
	await board.power.on();
	shell = await stopAtUBoot(board.serial);
	t.regex(await shell.run('usb start'), / 1 Storage Device/);
	await board.usb.unplug(stick);

	t.regex(await shell.run('usb reset'), / 0 Storage Device/);
	await t.throwsAsync(board.usb.unplug(stick), { code: 'board-lacks' });
	await t.throwsAsync(board.usb.plug({ file: '/nowhere' }), { code: 'qmp-refused', message: /nowhere/ });
	await board.usb.plug({ file });
});

test('a USB stick goes into the faster controller that systems use', async (t) => {
	await using board = await claimQemu('power', 'usb');
	const file = join(dirname(board.serial.logFile), 'stick');
	await writeFile(file, Buffer.alloc(1024 * 1024));
	await board.power.on();

	const stick = await board.usb.plug({ file });

	await t.notThrowsAsync(board.usb.unplug(stick));
});

test('a snapshot brings the whole box back, also into a later life', async (t) => {
	await using board = await claimQemu('power', 'snapshots');
	await board.power.on();
	const shell = await stopAtUBoot(board.serial);
	await shell.run('setenv mark before');

	await board.snapshots.save('here');
	await shell.run('setenv mark after');
	await board.snapshots.load('here');
	t.is(await shell.run('printenv mark'), 'mark=before');
	await board.power.off();
	await board.power.on();
	await stopAtUBoot(board.serial);
	await board.snapshots.load('here');

	t.is(await shell.run('printenv mark'), 'mark=before');
	await t.throwsAsync(board.snapshots.load('nowhere'), { code: 'qmp-refused' });
});
