/**
 * The segments on disk: the one that is written to, and the older ones until nobody needs them.
 *
 * A segment that failed once is never written to again, since nobody knows what it holds; the group that
 * failed begins the next one, and what its predecessor says of the same sequences does not count.
 */
import type { Checksum } from './checksum.ts';
import { joined } from './joined.ts';
import type { LogFile, LogFiles } from './log-files.ts';
import type { Segment } from './log-scan.ts';
import { encodeHeader, formatVersion, segmentName } from './segment-header.ts';
import type { Stream } from './stream.ts';

/** What a disk writes at least, however little has changed. */
const pageBytes = 4096;

export interface SegmentFilesOptions {
	readonly files: LogFiles;
	readonly checksum: Checksum;
	readonly cell: string;
	/** A segment that would grow beyond this is followed by another. */
	readonly segmentBytes: number;
	/** Carried by every group of this run. */
	readonly salt: number;
	/** What a segment that begins with this sequence says of the streams. */
	readonly rowsBefore: (first: number) => readonly Stream[];
}

export class SegmentFiles {
	readonly #options: SegmentFilesOptions;
	readonly #old: { name: string; last: number; bytes: number }[];
	#file: LogFile | undefined;
	/** Those before it, until they are closed. */
	#closing: Promise<void> = Promise.resolve();
	/** How many of the old ones, from the first on, nobody needs. */
	#unneeded = 0;
	#removing: Promise<void> | undefined;
	#name = '';
	#bytes = 0;
	#last: number;
	#bytesWritten = 0;
	#pagesWritten = 0;
	#syncs = 0;

	/** @param last sequence of the last record that is on disk */
	constructor(segments: readonly Segment[], last: number, options: SegmentFilesOptions) {
		this.#options = options;
		this.#old = segments.map(({ name, last: end, bytes }) => ({ name, last: end, bytes }));
		this.#last = last;
	}

	/** Bytes of all segments on disk. */
	get bytes(): number {
		return this.#old.reduce((sum, { bytes }) => sum + bytes, this.#bytes);
	}

	/** Of those that have records behind this sequence. */
	bytesBehind(sequence: number): number {
		let bytes = this.#bytes;
		for (const { last, bytes: more } of this.#old) if (last > sequence) bytes += more;
		return bytes;
	}

	get count(): number {
		return this.#old.length + (this.#name === '' ? 0 : 1);
	}

	get written(): { bytesWritten: number; pagesWritten: number; syncs: number } {
		return { bytesWritten: this.#bytesWritten, pagesWritten: this.#pagesWritten, syncs: this.#syncs };
	}

	/** Makes a sealed group durable. Errors: those of `LogFiles`; then it is not known what the disk holds. */
	async put(group: Uint8Array, { first, last }: { first: number; last: number }): Promise<void> {
		const isFull = this.#bytes + group.length > this.#options.segmentBytes;
		try {
			if (this.#file === undefined || isFull) await this.#append(joined(await this.#begin(first), group));
			else await this.#append(group);
			this.#last = last;
		} catch (error) {
			this.#leave();
			throw error;
		}
	}

	/**
	 * Begins to remove what only has records up to `sequence`. What cannot be removed is tried again when it is
	 * asked for again.
	 *
	 * To be called when a group has become durable. The segment that it is in stays, even if it is left meanwhile:
	 * until the next one is durable nothing else says which streams there are.
	 */
	removeUpTo(sequence: number): void {
		const needed = this.#old.findIndex(({ last }) => last > sequence);
		this.#unneeded = Math.max(this.#unneeded, needed < 0 ? this.#old.length : needed);
		if (this.#unneeded > 0) this.#removing ??= this.#removeUnneeded();
	}

	async close(): Promise<void> {
		this.#leave();
		await this.#closing;
		await this.#removing;
	}

	/** One after the other, so that no hole ever comes to be. */
	async #removeUnneeded(): Promise<void> {
		try {
			for (let [oldest] = this.#old; oldest !== undefined && this.#unneeded > 0; [oldest] = this.#old) {
				await this.#options.files.remove(oldest.name);
				this.#old.shift();
				this.#unneeded--;
			}
		} catch {
			// Nobody waits for it, and what is there twice as long does no harm.
		} finally {
			// In the same step as the last look at what is unneeded, so that what is found meanwhile goes too.
			this.#removing = undefined;
		}
	}

	/** What the new segment has to begin with. */
	async #begin(first: number): Promise<Uint8Array> {
		this.#leave();
		const { files, checksum, cell, salt, rowsBefore } = this.#options;
		const name = segmentName(first);
		// It may need the room that they take.
		await this.#removing;
		// One that failed, or was torn by a cut, has the same name.
		const at = this.#old.findIndex((segment) => segment.name === name);
		if (at >= 0) this.#old.splice(at, 1);
		this.#file = await files.create(name);
		this.#name = name;
		const header = {
			version: formatVersion,
			cell,
			salt,
			first,
			follows: this.#last,
			streams: rowsBefore(first),
		};
		return encodeHeader(header, checksum);
	}

	async #append(bytes: Uint8Array): Promise<void> {
		await this.#file?.append(bytes);
		const end = this.#bytes + bytes.length;
		this.#pagesWritten += Math.ceil(end / pageBytes) - Math.floor(this.#bytes / pageBytes);
		this.#bytes = end;
		this.#bytesWritten += bytes.length;
		this.#syncs++;
	}

	/** Nobody waits for the old one to be closed: what mattered of it was synced. */
	#leave(): void {
		const file = this.#file;
		if (this.#name !== '') this.#old.push({ name: this.#name, last: this.#last, bytes: this.#bytes });
		this.#file = undefined;
		this.#name = '';
		this.#bytes = 0;
		if (file === undefined) return;
		const before = this.#closing;
		// A disk that refuses to close a file has said so before.
		this.#closing = file.close().then(
			() => before,
			() => before,
		);
	}
}
