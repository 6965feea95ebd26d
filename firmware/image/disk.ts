/** Puts the parts of an image where they belong on a disk, in one file that can be flashed. */
import { createReadStream, createWriteStream } from 'node:fs';
import { open, stat, truncate, writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Board } from './board.ts';
import { ImageError } from './image-error.ts';
import { type PartitionName, partitionsOf } from './partitions.ts';
import { tool } from './tool.ts';

export interface DiskOptions {
	readonly board: Board;
	readonly file: string;
	/** What is in each partition from the beginning; nothing where none is named. */
	readonly contents: Partial<Record<PartitionName, string | Uint8Array>>;
	/** Before the first partition: files by sector. */
	readonly before?: Readonly<Record<number, string>>;
	/** Of files in between. */
	readonly folder: string;
}

const sectorBytes = 512;
/** Behind the last partition: the second copy of the table. */
const tailBytes = 1_048_576;
/** By number: what is the same on every box, so that two images of one release are the same. */
const uuid = (number: number): string => `6d756c6c-696f-6e00-8000-${number.toString(16).padStart(12, '0')}`;

/** @throws ImageError `slot-too-small` */
export async function makeDisk({ board, file, contents, before = {}, folder }: DiskOptions): Promise<void> {
	const partitions = partitionsOf(board);
	const end = partitions.reduce((most, { start, size }) => Math.max(most, start + size), 0);
	await writeFile(file, '');
	await truncate(file, end + tailBytes);
	const rows = partitions.map(
		({ name, start, size }, index) =>
			`start=${start / sectorBytes}, size=${size / sectorBytes}, type=linux, name=${name}, uuid=${uuid(index + 1)}`,
	);
	const table = `${folder}/table`;
	await writeFile(table, [`label: gpt`, `label-id: ${uuid(0)}`, 'unit: sectors', ...rows, ''].join('\n'));
	await tool('sh', ['-c', 'sfdisk --quiet "$0" <"$1"', file, table]);
	for (const [sector, from] of Object.entries(before)) await copyTo(file, Number(sector) * sectorBytes, from);
	for (const { name, start, size } of partitions) {
		const content = contents[name];
		if (content === undefined) continue;
		const bytes = typeof content === 'string' ? (await stat(content)).size : content.length;
		if (bytes > size)
			throw new ImageError(
				'slot-too-small',
				`${name} of ${board.name} holds ${size} bytes, and ${bytes} are to be in it`,
			);
		if (typeof content === 'string') await copyTo(file, start, content);
		else await writeAt(file, start, content);
	}
}

function copyTo(file: string, start: number, from: string): Promise<void> {
	return pipeline(createReadStream(from), createWriteStream(file, { flags: 'r+', start }));
}

async function writeAt(file: string, at: number, bytes: Uint8Array): Promise<void> {
	await using handle = await open(file, 'r+');
	await handle.write(bytes, 0, bytes.length, at);
}
