/** The device tree that QEMU gives a virtual board; an image puts its key into a copy of it. */
import { run } from '../link/command.ts';
import { BoardError } from './board-error.ts';
import { machineArguments, type QemuMachine, qemuProgram } from './qemu-arguments.ts';

/**
 * Fits boards of the same machine only: memory and boot loader are in it. Without the boot loader it would
 * describe devices that the board has not.
 * @throws BoardError `command-failed`
 */
export async function writeDeviceTree(path: string, machine: QemuMachine = {}): Promise<void> {
	// A comma ends an option, and two stand for one.
	const dump = ['-machine', `dumpdtb=${path.replaceAll(',', ',,')}`];
	await run(qemuProgram, [...machineArguments(machine), ...dump]).catch((cause: Error) => {
		throw new BoardError('command-failed', cause.message, { cause });
	});
}
