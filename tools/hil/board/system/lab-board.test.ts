import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { BoardFeature } from '../board.ts';
import { claim, offersHere } from '../claim.ts';
import { ConsoleShell } from '../console-shell.ts';
import { startFakeLab } from '../fake-lab.ts';

async function newFolder(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-lab-'));
	t.teardown(() => rm(folder, { recursive: true }));
	return folder;
}

const claimIn = async ({ labFile }: { labFile: string }, ...needs: BoardFeature[]) =>
	claim({ needs, offers: await offersHere({ MULLION_LAB: labFile }) });

test('a board of a lab is switched by commands and talks over its terminal', async (t) => {
	await using lab = await startFakeLab(await newFolder(t));
	await using board = await claimIn(lab, 'power', 'reset');
	const events = board.events();
	const shell = new ConsoleShell(board.serial, { prompt: '=> ' });

	t.false(board.power.isOn);
	await board.power.on();
	await board.serial.expect(/^Fake loader (\S+)/);
	await board.serial.expect('=> ');
	t.is(await shell.run('image'), 'nothing');
	await board.reset();
	await board.serial.expect(/^Fake loader/);
	await board.power.cut();
	await board[Symbol.asyncDispose]();

	t.deepEqual(lab.switched, ['off', 'on', 'reset', 'off']);
	t.deepEqual(
		(await Array.fromAsync(events)).map(({ kind, by }) => `${kind} by ${by}`),
		['on by bench', 'reset by bench', 'cut by bench'],
	);
});

test('an image is flashed by a command while the box is off', async (t) => {
	const folder = await newFolder(t);
	const disk = join(folder, 'disk');
	await writeFile(disk, 'release 7\n');
	await using lab = await startFakeLab(folder);
	await using board = await claimIn(lab, 'power', 'flash');
	const shell = new ConsoleShell(board.serial, { prompt: '=> ' });
	await board.power.on();

	await board.flash({ disk });
	await board.power.on();
	await board.serial.expect('=> ');
	await board.serial.expect('=> ');

	t.is(await shell.run('image'), 'release 7');
	t.deepEqual(lab.switched, ['off', 'on', 'off', `flash ${disk}`, 'on']);
	await t.throwsAsync(board.flash({}), { code: 'bad-image', message: /disk/ });
});

test('a watchdog and the reset it makes are seen in what the console says', async (t) => {
	await using lab = await startFakeLab(await newFolder(t));
	await using board = await claimIn(lab, 'power', 'watchdog');
	await board.power.on();
	await board.serial.expect('=> ');

	const fired = board.next('watchdog');
	const reset = board.next('reset');
	board.serial.write('hang\n');

	t.is((await fired).by, 'box');
	t.is((await reset).by, 'box');
});

test('links and buttons are commands too, and one that fails is told with its words', async (t) => {
	await using lab = await startFakeLab(await newFolder(t));
	await using board = await claimIn(lab, 'power', 'link', 'buttons');
	await board.power.on();

	await board.link.down();
	await board.buttons.press('power');
	await board.serial.expect('button pressed');

	t.deepEqual(lab.switched.slice(2), ['link-down', 'button']);
	await t.throwsAsync(board.buttons.press('stuck'), { code: 'command-failed', message: /relay is stuck/ });
	await t.throwsAsync(board.buttons.press('wps'), { code: 'board-lacks', message: /power, stuck/ });
	t.throws(() => board.link.shape({ delayMs: 1 }), { code: 'board-lacks' });
});

test('a board that somebody has is busy, and free when he is done', async (t) => {
	await using lab = await startFakeLab(await newFolder(t));
	const first = await claimIn(lab, 'power');

	await t.throwsAsync(claimIn(lab, 'power'), { code: 'board-busy' });
	await first[Symbol.asyncDispose]();

	await using second = await claimIn(lab, 'power');
	await second.power.on();
	await t.notThrowsAsync(second.serial.expect('=> '));
});

test('who needs a board gets the first that is free', async (t) => {
	const folders = [await newFolder(t), await newFolder(t)];
	await using one = await startFakeLab(folders[0] as string);
	await using two = await startFakeLab(folders[1] as string);
	const offers = (
		await Promise.all([one, two].map(({ labFile }) => offersHere({ MULLION_LAB: labFile })))
	).flat();

	await using first = await claim({ needs: ['power'], offers });
	await using second = await claim({ needs: ['power'], offers });
	await second.power.on();

	t.false(first.power.isOn);
	t.deepEqual([one.switched, two.switched], [['off'], ['off', 'on']]);
});

test('a console that is unplugged is a board that is gone', async (t) => {
	await using lab = await startFakeLab(await newFolder(t));
	await using board = await claimIn(lab, 'power');
	await board.power.on();
	const waiting = board.serial.expect('never said');

	await lab.unplugConsole();

	await t.throwsAsync(waiting, { code: 'board-gone' });
});

test('a need that no board of the lab has is refused before anything is switched', async (t) => {
	await using lab = await startFakeLab(await newFolder(t));

	await t.throwsAsync(claimIn(lab, 'power', 'snapshots', 'usb'), {
		code: 'board-lacks',
		message: 'fake-box has no snapshots, usb',
	});
	t.deepEqual(lab.switched, []);
});

test('a serial port that is not there is told', async (t) => {
	const labFile = join(await newFolder(t), 'lab.json');
	await writeFile(labFile, JSON.stringify({ boards: [{ name: 'a', serial: { device: '/dev/nowhere' } }] }));

	await t.throwsAsync(claimIn({ labFile }), { code: 'did-not-start', message: /nowhere/ });
});
