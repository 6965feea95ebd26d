/** What a virtual board is, and what it lacks on this machine before one is half built. */
import { access } from 'node:fs/promises';
import { type Emulator, loadBoard } from '../../../firmware/image/board.ts';
import { requirePrograms } from '../link/requirements.ts';
import { BoardError } from './board-error.ts';
import type { QemuMachine } from './qemu-arguments.ts';

export const usualBoard = 'qemu-arm64';

/** @param board of `firmware/image/boards`; default `usualBoard` @throws BoardError `board-lacks` */
export async function emulatorOf(board = usualBoard): Promise<Emulator> {
	const { emulator } = await loadBoard(board).catch((cause: Error) => {
		throw new BoardError('board-lacks', cause.message, { cause });
	});
	if (emulator === undefined) throw new BoardError('board-lacks', `QEMU does not make the board ${board}`);
	return emulator;
}

/** @throws BoardError `missing-tool` with what to install */
export async function requireQemu(
	{ program, package: holder, boot }: Emulator,
	{ firmware }: QemuMachine = {},
): Promise<void> {
	const programs = { [program]: holder, 'qemu-img': 'qemu-utils', setpriv: 'util-linux' };
	await requirePrograms(programs).catch((cause: Error) => {
		throw new BoardError('missing-tool', cause.message, { cause });
	});
	if (firmware !== undefined || boot === undefined) return;
	await access(boot).catch((cause) => {
		throw new BoardError('missing-tool', 'not installed: apt-get install u-boot-qemu', { cause });
	});
}
