/**
 * What a log says after a crash: for every stream the records behind its snapshot, as far as nothing
 * between the snapshot and them is missing.
 *
 * Streams that need nothing of what is damaged lose nothing. The others all go back to the record before
 * it, which is one consistent instant, and what they said later never happened.
 */
import { recordsOf } from './group-scan.ts';
import { JournalError } from './journal-error.ts';
import { type Damage, type LogScan, limitOf, readSegment, type ScanLogOptions } from './log-scan.ts';
import { markKind, type Stream } from './stream.ts';

export interface JournalRecord {
	readonly sequence: number;
	/** As it was appended. */
	readonly kind: number;
	readonly stream: number;
	/** Valid until the next records are asked for. */
	readonly payload: Uint8Array;
}

export interface RecoveredStream {
	readonly stream: number;
	readonly name: string;
	/** Its records that come are those behind this one. */
	readonly snapshot: number;
	/** Everything that its turns up to this one sent has surely been handed over. */
	readonly handedOver: number;
	/**
	 * Where its history was cut off because of damage: what it did behind this record is lost. Its next
	 * turn has to have a number above `handedOver`, or its receivers would take it for a repeat.
	 */
	readonly cutAfter?: number;
}

export interface Recovery {
	readonly streams: readonly RecoveredStream[];
	/** Empty after a clean stop; after a crash at most the end of a write that never became durable. */
	readonly damage: readonly Damage[];
	/** Sequence of the last record; a stream whose snapshot is behind it lost nothing, the others did. */
	readonly last: number;
	/**
	 * All records to replay, of all streams, in the order they were written, a group at a time. Read it
	 * before anything is told to be covered or forgotten. Errors: those of `LogFiles`, and `io` when the
	 * disk gives something else than it did a moment ago.
	 */
	records(): AsyncGenerator<readonly JournalRecord[]>;
}

export interface RecoverOptions extends ScanLogOptions {
	readonly log: LogScan;
	/** By name: the newest snapshot that can be used; by default what the log says is covered. */
	readonly snapshots: ReadonlyMap<string, number>;
}

export function recover(options: RecoverOptions): Recovery {
	const { log, snapshots } = options;
	const streams = new Map(
		log.streams.values().map((stream) => {
			const snapshot = snapshots.get(stream.name) ?? stream.snapshot;
			const cutAfter = cutOf({ stream, snapshot, log });
			const { id, name, handedOver } = stream;
			return [
				id,
				{ stream: id, name, snapshot, handedOver, ...(cutAfter !== undefined && { cutAfter }) },
			] as const;
		}),
	);
	const isWanted = (record: JournalRecord): boolean => {
		const { sequence, kind, stream } = record;
		const recovered = streams.get(stream);
		if (recovered === undefined || kind === markKind) return false;
		if (sequence <= recovered.snapshot || sequence > (recovered.cutAfter ?? sequence)) return false;
		const rewinds = log.streams.get(stream)?.rewinds ?? [];
		return !rewinds.some(({ after, to }) => sequence > after && sequence <= to);
	};
	return {
		streams: [...streams.values()],
		damage: log.damage,
		last: log.last,
		records: () => readRecords(options, isWanted),
	};
}

/** The last record before the first range that the stream would have to be replayed across. */
function cutOf({
	stream: { id, rewinds },
	snapshot,
	log: { gaps, removedUpTo },
}: {
	stream: Stream;
	snapshot: number;
	log: LogScan;
}): number | undefined {
	for (const { after, to } of [{ after: 0, to: removedUpTo.get(id) ?? 0 }, ...gaps]) {
		const from = Math.max(after, snapshot);
		const isBridged = rewinds.some((rewind) => rewind.after <= from && to <= rewind.to);
		if (to > snapshot && !isBridged) return from;
	}
	return undefined;
}

/** A stream as it goes on from `first`: what damage cut off never happened. */
export function goneOn(stream: Stream, { streams }: Recovery, first: number): Stream {
	const after = streams.find(({ stream: id }) => id === stream.id)?.cutAfter;
	if (after === undefined) return stream;
	const rewinds = [...stream.rewinds, { after, to: first - 1 }];
	return { ...stream, last: Math.min(stream.last, after), rewinds };
}

async function* readRecords(
	options: RecoverOptions,
	isWanted: (record: JournalRecord) => boolean,
): AsyncGenerator<readonly JournalRecord[]> {
	const names = options.log.segments.map(({ name }) => name);
	let last = 0;
	for (const [index, { name, groups }] of options.log.segments.entries()) {
		const { bytes, parts } = await readSegment(options, name);
		const limit = limitOf(names, index);
		let left = groups;
		for (const part of parts) {
			if (part.tag === 'damaged') continue;
			left--;
			const records = [...recordsOf(bytes, part)].filter(
				({ sequence }) => sequence > last && sequence <= limit,
			);
			last = records.at(-1)?.sequence ?? last;
			const wanted = records.filter(isWanted);
			if (wanted.length > 0) yield wanted;
		}
		if (left !== 0) throw new JournalError('io', `${name} reads differently the second time`);
	}
}
