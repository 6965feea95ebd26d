/**
 * Reads a whole log once, at the start: which segments and streams there are, and what is damaged.
 *
 * One segment at a time is in memory, and of no file more than `mostSegmentBytes`.
 */
import type { Checksum } from './checksum.ts';
import { type Damaged, type Group, recordsOf, scanGroups } from './group-scan.ts';
import { JournalError } from './journal-error.ts';
import type { LogFiles } from './log-files.ts';
import { decodeHeader, firstOfName, formatVersion, type SegmentHeader } from './segment-header.ts';
import { decodeStreams, markKind, type Range, type Stream } from './stream.ts';

/** More than any segment that a journal writes. */
export const mostSegmentBytes = 64 * 1024 * 1024;

export interface Segment {
	readonly name: string;
	/** Sequence of its last record that counts. */
	readonly last: number;
	/** Of the whole file. */
	readonly bytes: number;
	/** Groups that could be read. */
	readonly groups: number;
}

/** Records that were there and are not any more. */
export interface Damage {
	/** The file it was found in, or found missing at. */
	readonly segment: string;
	/** Bytes that could not be read as records; 0 where they are gone altogether. */
	readonly bytes: number;
	/** Sequence of the last record before it. */
	readonly after: number;
	/**
	 * Sequence of the last record that is lost. Undefined at the end of the log, where a write that never
	 * became durable looks the same.
	 */
	readonly to?: number;
}

export interface LogScan {
	readonly segments: readonly Segment[];
	readonly streams: ReadonlyMap<number, Stream>;
	readonly damage: readonly Damage[];
	/** Where records are missing. */
	readonly gaps: readonly Range[];
	/** By stream, from the oldest table: none of its records behind this one has been removed. */
	readonly removedUpTo: ReadonlyMap<number, number>;
	/** Sequence of the last record. */
	readonly last: number;
	/** No stream has had this number or a higher one. */
	readonly nextStream: number;
}

export interface ScanLogOptions {
	readonly files: LogFiles;
	readonly cell: string;
	readonly checksum: Checksum;
}

/** One file, read and not yet scanned. */
export interface ReadSegment {
	readonly bytes: Uint8Array;
	/** Undefined where it is damaged: then nothing of the file can be read. */
	readonly header: SegmentHeader | undefined;
	readonly parts: Iterable<Group | Damaged>;
}

/** Errors: `format-unknown`, `other-cell`, and those of `LogFiles`. */
export async function scanLog(options: ScanLogOptions): Promise<LogScan> {
	const names = (await options.files.list()).filter((name) => firstOfName(name) !== undefined);
	const reading = new Reading((firstOfName(names[0] ?? '') ?? 1) - 1);
	for (const [index, name] of names.entries()) {
		const segment = await readSegment(options, name);
		reading.add(name, segment, limitOf(names, index));
	}
	return reading.end();
}

/** What a segment may say ends where the next one begins. */
export function limitOf(names: readonly string[], index: number): number {
	return (firstOfName(names[index + 1] ?? '') ?? Number.MAX_SAFE_INTEGER) - 1;
}

export async function readSegment(
	{ files, cell, checksum }: ScanLogOptions,
	name: string,
): Promise<ReadSegment> {
	const bytes = (await files.read(name, mostSegmentBytes)) ?? new Uint8Array();
	const { header, end } = decodeHeader(bytes, checksum) ?? { header: undefined, end: 0 };
	const isInPlace = header?.version !== formatVersion || header.first === firstOfName(name);
	if (header === undefined || !isInPlace)
		return { bytes, header: undefined, parts: [{ tag: 'damaged', bytes: bytes.length }] };
	if (header.version !== formatVersion)
		throw new JournalError(
			'format-unknown',
			`${name} has format ${header.version}, this platform reads ${formatVersion}`,
		);
	if (header.cell !== cell)
		throw new JournalError('other-cell', `${name} is of the cell ${header.cell}, not of ${cell}`);
	return { bytes, header, parts: scanGroups({ bytes, from: end, salt: header.salt, checksum }) };
}

class Reading {
	readonly #segments: Segment[] = [];
	readonly #streams = new Map<number, Stream>();
	readonly #damage: Damage[] = [];
	readonly #gaps: Range[] = [];
	#removedUpTo: ReadonlyMap<number, number> | undefined;
	#last: number;
	#nextStream = 1;
	/** Damaged bytes of which it is not known yet whether they were ever records that counted. */
	#unread = { segment: '', bytes: 0 };

	constructor(last: number) {
		this.#last = last;
	}

	add(name: string, { bytes, header, parts }: ReadSegment, limit: number): void {
		const first = firstOfName(name) ?? 1;
		// Even a file whose header was torn says by its name that what is before it was durable.
		this.#expect(name, header?.follows ?? first - 1);
		this.#last = Math.max(this.#last, first - 1);
		if (header !== undefined) this.#table(header.streams);
		let groups = 0;
		for (const part of parts) {
			if (part.tag === 'group') groups++;
			if (part.tag === 'damaged') this.#unread = { segment: name, bytes: this.#unread.bytes + part.bytes };
			else this.#group(name, bytes, part, limit);
		}
		this.#segments.push({ name, last: this.#last, bytes: bytes.length, groups });
	}

	end(): LogScan {
		const { segment, bytes } = this.#unread;
		if (bytes > 0) this.#damage.push({ segment, bytes, after: this.#last });
		return {
			segments: this.#segments,
			streams: this.#streams,
			damage: this.#damage,
			gaps: this.#gaps,
			removedUpTo: this.#removedUpTo ?? new Map(),
			last: this.#last,
			nextStream: this.#nextStream,
		};
	}

	#group(name: string, bytes: Uint8Array, group: Group, limit: number): void {
		if (group.first > limit) return;
		this.#expect(name, group.first - 1);
		for (const { sequence, kind, stream, payload } of recordsOf(bytes, group)) {
			if (sequence <= this.#last || sequence > limit) continue;
			this.#last = sequence;
			if (kind === markKind) for (const row of decodeStreams(payload) ?? []) this.#row(row);
			const known = this.#streams.get(stream);
			if (known !== undefined && kind !== markKind) known.last = sequence;
		}
	}

	/** Everything up to `sequence` must have been read by now. */
	#expect(segment: string, sequence: number): void {
		if (sequence > this.#last) {
			const range = { after: this.#last, to: sequence };
			const { bytes } = this.#unread;
			this.#gaps.push(range);
			this.#damage.push({ segment: bytes > 0 ? this.#unread.segment : segment, bytes, ...range });
			this.#last = sequence;
		}
		// Bytes that hid nothing are the end of a write that was made again in the next segment.
		this.#unread = { segment: '', bytes: 0 };
	}

	#table(rows: readonly Stream[]): void {
		this.#removedUpTo ??= new Map(rows.map(({ id, last }) => [id, last]));
		const ids = new Set(rows.map(({ id }) => id));
		for (const id of this.#streams.keys()) if (!ids.has(id)) this.#streams.delete(id);
		for (const row of rows) this.#row(row);
	}

	#row(row: Stream): void {
		this.#nextStream = Math.max(this.#nextStream, row.id + 1);
		const known = this.#streams.get(row.id);
		// One of the same name has ended, even if the row that said so is damaged.
		for (const { id, name } of this.#streams.values())
			if (name === row.name && id < row.id) this.#streams.delete(id);
		if (row.isForgotten) this.#streams.delete(row.id);
		else
			this.#streams.set(row.id, {
				...row,
				last: Math.max(row.last, known?.last ?? 0),
				snapshot: Math.max(row.snapshot, known?.snapshot ?? 0),
			});
	}
}
