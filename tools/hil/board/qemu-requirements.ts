/** Says what a virtual board lacks on this machine before one is half built. */
import { access } from 'node:fs/promises';
import { requirePrograms } from '../link/requirements.ts';
import { BoardError } from './board-error.ts';
import { defaultFirmware, type QemuMachine, qemuProgram } from './qemu-arguments.ts';

/** @throws BoardError `missing-tool` with what to install */
export async function requireQemu({ firmware }: QemuMachine = {}): Promise<void> {
	const programs = { [qemuProgram]: 'qemu-system-arm', 'qemu-img': 'qemu-utils', setpriv: 'util-linux' };
	await requirePrograms(programs).catch((cause: Error) => {
		throw new BoardError('missing-tool', cause.message, { cause });
	});
	if (firmware !== undefined) return;
	await access(defaultFirmware).catch((cause) => {
		throw new BoardError('missing-tool', 'not installed: apt-get install u-boot-qemu', { cause });
	});
}
