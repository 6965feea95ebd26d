/** A data partition on which somebody has left no room. */
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tool } from '../../../firmware/image/tool.ts';

const block = 4096;

/** Makes it of another one. @param leftBytes about how much there is room for yet */
export async function fillData({
	data,
	folder,
	leftBytes,
}: {
	readonly data: string;
	readonly folder: string;
	readonly leftBytes: number;
}): Promise<string> {
	const [file, filler] = [join(folder, 'full-data.img'), join(folder, 'filler')];
	await copyFile(data, file);
	const [, free = ''] = /^Free blocks:\s+(\d+)$/m.exec(await tool('dumpe2fs', ['-h', file])) ?? [];
	// Zeros would be left out as a hole.
	await writeFile(filler, new Uint8Array(Number(free) * block - leftBytes).fill(1));
	await tool('debugfs', ['-w', '-R', `write ${filler} filler`, file]);
	return file;
}
