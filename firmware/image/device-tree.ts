/** What a board tells the boot loader and the kernel of itself. */
import { fileURLToPath } from 'node:url';
import type { Board } from './board.ts';
import { tool } from './tool.ts';

/** Returns a file. @param folder for one that has to be made. @throws ImageError */
export async function deviceTreeOf({ name, emulator }: Board, folder: string): Promise<string> {
	if (emulator?.boot === undefined) return fileURLToPath(new URL(`boards/${name}.dtb`, import.meta.url));
	const { program, machine, processor, memoryMb, boot } = emulator;
	const file = `${folder}/machine.dtb`;
	// With the same boot loader as it runs: without one it would describe other hardware.
	const like = ['-cpu', processor, '-smp', '1', '-m', `${memoryMb}`, '-bios', boot, '-display', 'none'];
	// The card that a machine has otherwise wants a file to start from the network, which a bare system lacks.
	like.push('-nic', 'none');
	// Random numbers in it would be the same ones for every box.
	await tool(program, ['-M', `${machine},dtb-randomness=off,dumpdtb=${file}`, ...like]);
	return file;
}
