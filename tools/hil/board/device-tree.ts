/** The device tree that QEMU gives a virtual board; an image puts its key into a copy of it. */
import { run } from '../link/command.ts';
import { BoardError } from './board-error.ts';
import { machineArguments, type QemuMachine } from './qemu-arguments.ts';
import { emulatorOf } from './qemu-requirements.ts';

/**
 * Fits boards of the same machine only: memory and boot loader are in it. Without the boot loader it would
 * describe devices that the board has not.
 * @throws BoardError `command-failed`
 */
export async function writeDeviceTree(path: string, machine: QemuMachine = {}): Promise<void> {
	// A comma ends an option, and two stand for one.
	const dump = ['-machine', `dumpdtb=${path.replaceAll(',', ',,')}`];
	const emulator = await emulatorOf();
	await run(emulator.program, [...machineArguments({ ...machine, emulator }), ...dump]).catch(
		(cause: Error) => {
			throw new BoardError('command-failed', cause.message, { cause });
		},
	);
}
