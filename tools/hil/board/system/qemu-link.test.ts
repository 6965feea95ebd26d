import test from 'ava';
import type { BoardFeature } from '../board.ts';
import { claim, qemuOffer } from '../claim.ts';
import { stopAtUBoot } from '../console-shell.ts';

/** On QEMU, whatever this machine offers. */
const claimQemu = (...needs: BoardFeature[]) => claim({ needs, offers: [qemuOffer()] });

test('a network that is late makes the box wait, and is counted frame by frame', async (t) => {
	await using board = await claimQemu('power', 'link-shape');
	await board.power.on();
	const shell = await stopAtUBoot(board.serial);
	await shell.run('setenv autoload no');

	board.link.shape({ delayMs: 150 });
	const said = await shell.run('dhcp');

	// Two exchanges, and two delays in each.
	const [, ms] = /bound to address 10\.0\.2\.15 \((\d+) ms\)/.exec(said) ?? [];
	t.true(Number(ms) >= 600, said);
	t.true(board.link.frames.fromBox >= 2 && board.link.frames.toBox >= 2);
	t.throws(() => board.link.shape({ delayMs: -1 }), { code: 'bad-shape' });
});

test('without its carrier the box reaches nobody, also in its next life, and with it again it does', async (t) => {
	await using board = await claimQemu('power', 'link', 'link-shape');
	await board.power.on();
	await stopAtUBoot(board.serial);

	await board.link.down();
	await board.power.cut();
	await board.power.on();
	const shell = await stopAtUBoot(board.serial);
	await shell.run('setenv autoload no');
	board.serial.write('dhcp\n');
	await board.serial.expect('BOOTP broadcast 3');
	t.is(board.link.frames.fromBox, 0);
	await board.link.up();

	await board.serial.expect('bound to address 10.0.2.15');
	t.true(board.link.frames.fromBox > 0);
});
