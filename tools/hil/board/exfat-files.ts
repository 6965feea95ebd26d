/**
 * Puts files on a new exFAT file system, without mounting it: what `mcopy` does for FAT, and nothing of Debian for exFAT.
 *
 * Everything lies in one piece behind what is there, so that the table of what follows on what (the FAT) is not
 * needed. Names of fields are those of Microsoft's "exFAT file system specification".
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const entryBytes = 32;
const entryTypes = { bitmap: 0x81, file: 0x85, stream: 0xc0, name: 0xc1 } as const;
const attributes = { folder: 0x10, file: 0x20 } as const;
/** AllocationPossible, and NoFatChain. */
const inOnePiece = 3;
const unitsOfName = 15;
/** The first that there is: 1 January 1980. */
const time = 0x0021_0000;
/** Clusters are counted from here on. */
const firstCluster = 2;

interface Piece {
	readonly cluster: number;
	readonly bytes: number;
}

/** @param file as `mkfs.exfat` has left it @param folder what is in it comes into the root */
export async function putOnExfat(file: string, folder: string): Promise<void> {
	const disk = new NewExfat(await readFile(file));
	await disk.fill(folder);
	await writeFile(file, disk.bytes);
}

class NewExfat {
	readonly bytes: Buffer;
	readonly #clusterBytes: number;
	readonly #clusterCount: number;
	readonly #heapAt: number;
	readonly #bitmapAt: number;
	readonly #rootAt: number;
	#next: number;

	constructor(bytes: Buffer) {
		this.bytes = bytes;
		if (bytes.toString('latin1', 3, 11) !== 'EXFAT   ') throw new TypeError('no exFAT file system');
		const sectorShift = bytes.readUInt8(108);
		this.#clusterBytes = 1 << (sectorShift + bytes.readUInt8(109));
		this.#heapAt = bytes.readUInt32LE(88) << sectorShift;
		this.#clusterCount = bytes.readUInt32LE(92);
		this.#rootAt = this.#placeOf(bytes.readUInt32LE(96));
		let entry = this.#rootAt;
		// A new one has it in its root.
		while (bytes.readUInt8(entry) !== entryTypes.bitmap) entry += entryBytes;
		this.#bitmapAt = this.#placeOf(bytes.readUInt32LE(entry + 20));
		this.#next = firstCluster + this.#clusterCount;
		while (!this.#isUsed(this.#next - 1)) this.#next--;
	}

	async fill(folder: string): Promise<void> {
		const made = await this.#entriesOf(folder);
		let end = this.#rootAt;
		while (this.bytes[end] !== 0) end += entryBytes;
		if (end + made.length > this.#rootAt + this.#clusterBytes)
			throw new RangeError('the root of an exFAT file system is one cluster here, and full');
		made.copy(this.bytes, end);
	}

	/** What a folder holds is put where there is room. @returns the entries that say so */
	async #entriesOf(folder: string): Promise<Buffer> {
		const found = await readdir(folder, { withFileTypes: true });
		const sets: Buffer[] = [];
		for (const entry of found.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
			const path = join(folder, entry.name);
			const isFolder = entry.isDirectory();
			const content = isFolder ? this.#whole(await this.#entriesOf(path)) : await readFile(path);
			sets.push(entrySet(entry.name, isFolder, this.#put(content)));
		}
		return Buffer.concat(sets);
	}

	/** A folder is as long as its clusters, and ends where zeros begin. */
	#whole(entries: Buffer): Buffer {
		const clusters = Math.floor(entries.length / this.#clusterBytes) + 1;
		return Buffer.concat([entries], clusters * this.#clusterBytes);
	}

	#put(content: Buffer): Piece {
		const clusters = Math.ceil(content.length / this.#clusterBytes);
		const cluster = this.#next;
		this.#next += clusters;
		if (this.#next > firstCluster + this.#clusterCount)
			throw new RangeError(`an exFAT file system of ${this.bytes.length} bytes is full`);
		for (let each = cluster; each < this.#next; each++) this.#use(each);
		content.copy(this.bytes, this.#placeOf(cluster));
		return { cluster, bytes: content.length };
	}

	#placeOf(cluster: number): number {
		return this.#heapAt + (cluster - firstCluster) * this.#clusterBytes;
	}

	#isUsed(cluster: number): boolean {
		const bit = cluster - firstCluster;
		return (((this.bytes[this.#bitmapAt + (bit >> 3)] ?? 0) >> (bit & 7)) & 1) === 1;
	}

	#use(cluster: number): void {
		const bit = cluster - firstCluster;
		const at = this.#bitmapAt + (bit >> 3);
		this.bytes[at] = (this.bytes[at] ?? 0) | (1 << (bit & 7));
	}
}

/** File, stream, and as many entries as the name needs. */
function entrySet(name: string, isFolder: boolean, { cluster, bytes }: Piece): Buffer {
	const names = Math.ceil(name.length / unitsOfName);
	const set = Buffer.alloc((2 + names) * entryBytes);
	set.writeUInt8(entryTypes.file, 0);
	set.writeUInt8(1 + names, 1);
	set.writeUInt16LE(isFolder ? attributes.folder : attributes.file, 4);
	for (const at of [8, 12, 16]) set.writeUInt32LE(time, at);
	const stream = set.subarray(entryBytes);
	stream.writeUInt8(entryTypes.stream, 0);
	stream.writeUInt8(bytes > 0 ? inOnePiece : 1, 1);
	stream.writeUInt8(name.length, 3);
	stream.writeUInt16LE(sum(Buffer.from(name.toUpperCase(), 'utf16le')), 4);
	stream.writeBigUInt64LE(BigInt(bytes), 8);
	stream.writeUInt32LE(bytes > 0 ? cluster : 0, 20);
	stream.writeBigUInt64LE(BigInt(bytes), 24);
	for (let index = 0; index < names; index++) {
		const entry = set.subarray((2 + index) * entryBytes);
		entry.writeUInt8(entryTypes.name, 0);
		entry.write(name.slice(index * unitsOfName, (index + 1) * unitsOfName), 2, 'utf16le');
	}
	// Of all but where it stands itself.
	set.writeUInt16LE(sum(Buffer.concat([set.subarray(0, 2), set.subarray(4)])), 2);
	return set;
}

/** `SetChecksum` and `NameHash`. */
function sum(bytes: Uint8Array): number {
	return bytes.reduce((before, byte) => (((before << 15) | (before >> 1)) + byte) & 0xffff, 0);
}
