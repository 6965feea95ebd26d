/**
 * The segments on disk: the one that is written to, and the older ones until nobody needs them.
 *
 * A segment that failed once is never written to again, since nobody knows what it holds; the group that
 * failed begins the next one, and what its predecessor says of the same sequences does not count.
 */
import type { Checksum } from './checksum.ts';
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
	 * Begins to remove what only has records up to `sequence`, unless that goes on already. What cannot be removed
	 * is tried again when it is asked for again.
	 */
	removeUpTo(sequence: number): void {
		this.#removing ??= this.#remove(sequence)
			.catch(() => undefined)
			.finally(() => {
				this.#removing = undefined;
			});
	}

	async close(): Promise<void> {
		this.#leave();
		await this.#closing;
		await this.#removing;
	}

	/** The oldest first, so that no hole ever comes to be. */
	async #remove(sequence: number): Promise<void> {
		for (let oldest = this.#old[0]; oldest !== undefined && oldest.last <= sequence; oldest = this.#old[0]) {
			await this.#options.files.remove(oldest.name);
			this.#old.shift();
		}
	}

	/** What the new segment has to begin with. */
	async #begin(first: number): Promise<Uint8Array> {
		this.#leave();
		const { files, checksum, cell, salt, rowsBefore } = this.#options;
		const name = segmentName(first);
		// One that failed has the same name, and may be among those.
		await this.#removing;
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

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
	const both = new Uint8Array(first.length + second.length);
	both.set(first);
	both.set(second, first.length);
	return both;
}
