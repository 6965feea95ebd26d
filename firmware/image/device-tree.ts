/** What a board tells the boot loader and the kernel of itself. */
import { fileURLToPath } from 'node:url';
import type { Board } from './board.ts';
import { tool } from './tool.ts';

/** The tree of a U-Boot that is there, where nobody can make it: a file beside the description of the board. */
export function describedTree({ name }: Pick<Board, 'name'>): string {
	return fileURLToPath(new URL(`boards/${name}.dtb`, import.meta.url));
}

/** Returns a file. @param folder for one that has to be made. @throws ImageError */
export async function deviceTreeOf(board: Board, folder: string): Promise<string> {
	const { emulator } = board;
	if (emulator?.boot === undefined) return describedTree(board);
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
