/** Where the partitions of a disk are, by name: reads a GPT (UEFI 2.10, 5.3). */
import { open } from 'node:fs/promises';
import { BoardError } from './board-error.ts';

export const sectorBytes = 512;

export interface Partition {
	readonly name: string;
	readonly firstSector: number;
	readonly sectors: number;
}

/** No disk of a box has more; a damaged header must not make us read for ever. */
const maxEntries = 1024;

/** @param path raw image of the disk @throws BoardError `bad-image` */
export async function readPartitions(path: string): Promise<Partition[]> {
	await using file = await open(path).catch((cause) => {
		throw new BoardError('bad-image', `${path} cannot be read`, { cause });
	});
	const header = Buffer.alloc(sectorBytes);
	await file.read(header, 0, sectorBytes, sectorBytes);
	if (header.toString('latin1', 0, 8) !== 'EFI PART')
		throw new BoardError('bad-image', `${path} has no GPT at sector 1`);
	const entriesAt = Number(header.readBigUInt64LE(72)) * sectorBytes;
	const count = header.readUInt32LE(80);
	const entryBytes = header.readUInt32LE(84);
	// 5.3.2: 128 times a power of two.
	if (count > maxEntries || entryBytes < 128 || entryBytes > 4096)
		throw new BoardError('bad-image', `${path} has a GPT of ${count} entries with ${entryBytes} bytes`);
	const entries = Buffer.alloc(count * entryBytes);
	await file.read(entries, 0, entries.length, entriesAt);
	return Array.from({ length: count }, (_, index) =>
		readEntry(entries.subarray(index * entryBytes, (index + 1) * entryBytes)),
	).filter((partition) => partition !== undefined);
}

/** 5.3.3: a type of nothing but zeros is an entry that is not used; names end at a zero. */
function readEntry(entry: Buffer): Partition | undefined {
	if (entry.subarray(0, 16).every((byte) => byte === 0)) return undefined;
	const firstSector = Number(entry.readBigUInt64LE(32));
	const lastSector = Number(entry.readBigUInt64LE(40));
	const [name = ''] = entry.toString('utf16le', 56, 128).split('\0');
	return { name, firstSector, sectors: lastSector - firstSector + 1 };
}
