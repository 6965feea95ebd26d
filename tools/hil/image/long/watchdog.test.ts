// The watchdog bites a box whose platform stands still, after the seconds of its board's description.
import test from 'ava';
import { loadBoard } from '../../../../firmware/image/board.ts';
import { firstBootState } from '../../../../firmware/image/build-image.ts';
import { boardHere } from '../../board/claim.ts';
import { openImageRun } from '../image-run.ts';

const board = await loadBoard(boardHere());
const watchdog = board.watchdog ?? { driver: 'i6300esb', option: 'heartbeat', seconds: 30 };
/** Not what its driver is used to. */
const seconds = watchdog.seconds + 7;
/** So long it is fed by the init of the root while the platform starts. */
const fedSeconds = 60;
const firmware = 'usr/lib/mullion/firmware.cjs';
const run = await openImageRun('watchdog', { board: { ...board, watchdog: { ...watchdog, seconds } } });
const { bench } = run;

/**
 * Runs in the firmware once that is ready. The main thread stands still in the box's first life only, and after
 * longer than the watchdog waits: had the platform not fed it, it would have bitten before. A reset takes with it what is
 * not on the disk yet.
 */
const standStill = `
{
	const { closeSync, existsSync, fsyncSync, openSync } = process.getBuiltinModule('node:fs');
	if (!existsSync('/data/stood-still')) setTimeout(() => {
		const mark = openSync('/data/stood-still', 'w');
		fsyncSync(mark);
		closeSync(mark);
		console.log('the main thread stands still');
		Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
	}, ${(fedSeconds + seconds) * 1200});
}
`;

const image = await bench.build(1);
const standing = await bench.variant(image, 2, async (root) => {
	const init = await root.read('sbin/init');
	const ask = 'echo "bites after $(cat /sys/class/watchdog/watchdog0/timeout) s"';
	await root.write('sbin/init', init.replace(/^cd \/data$/m, `${ask}\ncd /data`), 0o755);
	await root.write(firmware, `${await root.read(firmware)}${standStill}`);
});
test.after.always(() => run[Symbol.asyncDispose]());

test('a box whose platform stands still is bitten by its watchdog, and comes to its cloud again by itself', async (t) => {
	t.timeout(600_000);
	await run.test(t.title, { needs: ['power', 'flash', 'watchdog'] }, async (box) => {
		const contents = { 'boot-a': standing.boot.file, 'root-a': standing.root.file };
		await box.flash(await bench.flashable(image, { bootState: firstBootState(2), contents }));
		const operator = await bench.start(t, box);
		await box.serial.expect(`bites after ${seconds} s`);
		await box.serial.expect('release 2, in slot a is settled');
		const bitten = box.next('watchdog');
		await box.serial.expect('the main thread stands still', { unless: 'starting slot' });

		const isBack = new Promise<void>((resolve) => operator.onConnected(resolve));
		const { by } = await bitten;
		t.is(by, 'box');
		await box.serial.expect('starting slot a');
		await box.serial.expect('release 2, in slot a is settled');
		await isBack;
		t.like((await operator.get(['Device.DeviceInfo.']))['Device.DeviceInfo.'], { SoftwareVersion: '1.0.2' });
	});
});

test('a box that takes longer to start than its watchdog waits is left to it', async (t) => {
	t.timeout(600_000);
	const slow = await bench.variant(image, 3, async (root) => {
		const init = await root.read('sbin/init');
		await root.write(
			'sbin/init',
			init.replace(/^mark platform$/m, `sleep ${seconds + 5}\nmark platform`),
			0o755,
		);
	});
	await run.test(t.title, { needs: ['power', 'flash', 'watchdog'] }, async (box) => {
		const contents = { 'boot-a': slow.boot.file, 'root-a': slow.root.file };
		await box.flash(await bench.flashable(image, { bootState: firstBootState(3), contents }));
		await box.power.on();
		await box.serial.expect('starting slot a');
		const isUp = /release (\d+), in slot a is settled/;
		const { groups } = await box.serial.expect(isUp, { unless: 'starting slot' });
		t.is(groups[0], '3');
	});
});
