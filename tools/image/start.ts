/** `npm run image:start`: has QEMU be the board of an image, with its console on this terminal. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Duplex } from 'node:stream';
import { loadBoard } from '../../firmware/image/board.ts';
import { requirePrograms } from '../../firmware/image/required-programs.ts';
import { codeOf } from '../../runtime/error.ts';
import { CliError } from '../cli/cli-error.ts';
import { exitCodeOf } from '../cli/exit-code.ts';
import { scriptArguments } from '../script-arguments.ts';
import { tellBites } from './watchdog-bites.ts';

/** Where QEMU says what happens to its machine, which its console does not. */
const eventsFd = 3;

const { values } = scriptArguments({
	options: {
		board: { type: 'string', default: 'qemu-arm64' },
		image: { type: 'string' },
		keep: { type: 'boolean', default: false },
		help: { type: 'boolean', default: false },
	},
});

if (values.help) {
	console.log(`usage: npm run image:start -- [options]

  --board NAME  default qemu-arm64
  --image DIR   where the image is; default dist/image/NAME
  --keep        what the box writes stays in disk.img; default it is forgotten at the end

The console is this terminal: Ctrl-A X ends the board, Ctrl-A H says what else there is.`);
	process.exit(0);
}

try {
	const { name, emulator, loader } = await loadBoard(values.board);
	if (emulator === undefined) throw new CliError('usage', `${name} is not a board that QEMU makes`);
	const folder = resolve(values.image ?? join('dist/image', name));
	const file = (part: string): string => join(folder, part);
	await access(file('disk.img')).catch(() => {
		throw new CliError(
			'no-such-file',
			`there is no image in ${folder}: npm run image -- --board ${name} makes one`,
		);
	});
	await requirePrograms({ [emulator.program]: emulator.package });
	const child = spawn(
		emulator.program,
		[
			...['-nodefaults', '-nographic', '-serial', 'mon:stdio'],
			...['-M', emulator.machine, '-accel', 'tcg,thread=multi', '-cpu', emulator.processor, '-smp', '1'],
			...['-m', `${emulator.memoryMb}`, '-bios', emulator.boot ?? file('u-boot.img')],
			...(loader.environment === undefined ? [] : ['-dtb', file('board.dtb')]),
			...(loader.environment === undefined
				? []
				: ['-drive', `if=pflash,index=1,format=raw,readonly=on,file=${file('environment.img')}`]),
			...[
				'-drive',
				`if=none,id=disk,format=raw,file=${file('disk.img')},snapshot=${values.keep ? 'off' : 'on'}`,
			],
			...['-device', `virtio-blk-${emulator.bus},drive=disk`],
			...['-netdev', 'user,id=net', '-device', `virtio-net-${emulator.bus},netdev=net`],
			...['-device', 'i6300esb', '-action', 'watchdog=reset'],
			...['-chardev', `socket,id=events,fd=${eventsFd}`, '-mon', 'chardev=events,mode=control'],
		],
		{ stdio: ['inherit', 'inherit', 'inherit', 'pipe'] },
	);
	void tellBites(child.stdio[eventsFd] as Duplex, process.stderr);
	// A board that nobody has a console to would go on for ever.
	for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => child.kill(name));
	const [code] = await once(child, 'exit');
	process.exitCode = Number(code ?? 1);
} catch (error) {
	console.error(`${codeOf(error)}: ${error instanceof Error ? error.message : error}`);
	process.exit(exitCodeOf(error));
}
