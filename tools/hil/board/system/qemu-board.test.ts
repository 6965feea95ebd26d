import { execFileSync } from 'node:child_process';
import { access, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import test from 'ava';
import type { BoardFeature } from '../board.ts';
import { claim, qemuOffer } from '../claim.ts';
import { stopAtUBoot } from '../console-shell.ts';

/** On QEMU, whatever this machine offers. */
const claimQemu = (...needs: BoardFeature[]) => claim({ needs, offers: [qemuOffer()] });

test('a board that is switched on starts, and its console is all in the log', async (t) => {
	await using board = await claimQemu('power');

	await board.power.on();
	const { groups } = await board.serial.expect(/^U-Boot (\S+)/);
	const shell = await stopAtUBoot(board.serial);
	const version = await shell.run('version');

	t.true(version.includes(`U-Boot ${groups[0]}`));
	t.is(await shell.run('true'), '');
	const log = await readFile(board.serial.logFile, 'utf8');
	t.true(log.includes('Hit any key to stop autoboot') && log.includes(version.split('\n')[0] ?? '?'));
	t.regex(board.versions['qemu'] ?? '', /^\d+\.\d+\.\d+$/);
});

test('a reset starts it anew, and is told apart from one that the box made itself', async (t) => {
	await using board = await claimQemu('power', 'reset');
	await board.power.on();
	const shell = await stopAtUBoot(board.serial);
	await shell.run('setenv mark 1');

	const byBench = board.next('reset');
	await board.reset();
	const again = await stopAtUBoot(board.serial);
	t.true((await again.run('printenv mark')).includes('not defined'));
	const byBox = board.next('reset');
	board.serial.write('reset\n');

	t.is((await byBench).by, 'bench');
	t.is((await byBox).by, 'box');
	await stopAtUBoot(board.serial);
});

test('a wait for the console goes on through power cuts, and events tell of them in their order', async (t) => {
	await using board = await claimQemu('power');
	const events = board.events();
	await board.power.on();
	await stopAtUBoot(board.serial);

	const nextLife = board.serial.expect('Hit any key');
	await board.power.cut();
	await board.power.cut();
	t.false(board.power.isOn);
	await board.power.on();
	await nextLife;
	await board.power.off();
	await board[Symbol.asyncDispose]();

	t.deepEqual(
		(await Array.fromAsync(events)).map(({ kind, by }) => `${kind} by ${by}`),
		['on by bench', 'cut by bench', 'on by bench', 'off by bench'],
	);
});

test('a box that switches itself off says so, and nobody waits for it in vain', async (t) => {
	await using board = await claimQemu('power', 'reset');
	await board.power.on();
	await stopAtUBoot(board.serial);

	const shutdown = board.next('shutdown');
	board.serial.write('poweroff\n');
	const waiting = board.serial.expect('never said');

	t.is((await shutdown).by, 'box');
	await t.throwsAsync(waiting, { code: 'board-off', message: /switched itself off.*poweroff/s });
	t.throws(() => board.serial.write('hello'), { code: 'board-off' });
	await t.throwsAsync(board.reset(), { code: 'board-off' });
	await board.power.on();
	await stopAtUBoot(board.serial);
});

test('a board that dies is gone for everybody who waits, with its last words', async (t) => {
	await using board = await claimQemu('power');
	await board.power.on();
	await stopAtUBoot(board.serial);
	const waiting = board.serial.expect('never said');
	const event = board.next('reset');

	const pid = execFileSync('pgrep', ['-f', `qemu.*${dirname(board.serial.logFile)}`], { encoding: 'utf8' });
	process.kill(Number(pid), 'SIGSEGV');

	await t.throwsAsync(waiting, { code: 'board-gone', message: /ended by itself/ });
	await t.throwsAsync(event, { code: 'board-gone' });
	await t.throwsAsync(board.power.on(), { code: 'board-gone' });
});

test('a board without its boot loader does not start, and the message says why', async (t) => {
	await using board = await claim({ needs: ['power'], offers: [qemuOffer({ firmware: '/nowhere.bin' })] });

	await t.throwsAsync(board.power.on(), { code: 'did-not-start', message: /nowhere\.bin/ });
	t.false(board.power.isOn);
});

test('what was not claimed is refused, on QEMU too', async (t) => {
	await using board = await claimQemu('power');

	t.throws(() => board.link, { code: 'board-lacks', message: /claim link/ });
	t.throws(() => board.next('watchdog'), { code: 'board-lacks' });
	await t.throwsAsync(board.reset(), { code: 'board-lacks' });
});

test('nothing of a board is left once it was closed', async (t) => {
	const board = await claimQemu('power', 'flash');
	await board.power.on();
	const folder = dirname(board.serial.logFile);

	await board[Symbol.asyncDispose]();

	await t.throwsAsync(access(folder), { code: 'ENOENT' });
	t.throws(() => execFileSync('pgrep', ['-f', `qemu.*${folder}`]));
});

test('an image that is missing or broken is refused, and the one before stays', async (t) => {
	await using board = await claimQemu('power', 'flash');
	const odd = join(dirname(board.serial.logFile), 'odd');
	await writeFile(odd, 'x');

	await t.throwsAsync(board.flash({ disk: '/nowhere' }), { code: 'bad-image' });
	await t.throwsAsync(board.flash({ disk: odd }), { code: 'bad-image', message: /sectors/ });

	await board.power.on();
	t.true((await (await stopAtUBoot(board.serial)).run('virtio info')).trim() === '');
});
