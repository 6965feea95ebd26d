/**
 * The journal of one cell: what its VMs did, in one order, so that any prefix of it is a state they were in.
 *
 * A record is safe from the end of this process and of the power once its sequence is durable; effects
 * between the streams of one journal need not wait for that. Everything that leaves them does.
 */
import type { WriteRecord } from './group-buffer.ts';
import { GroupCommit } from './group-commit.ts';
import type { JournalCounts } from './journal-counts.ts';
import { JournalError } from './journal-error.ts';
import { type JournalLimits, type JournalOptions, limitsOf } from './journal-options.ts';
import { scanLog } from './log-scan.ts';
import { goneOn, type Recovery, recover } from './recovery.ts';
import { SegmentFiles } from './segment-files.ts';
import { encodeStreams, markKind, type Stream } from './stream.ts';
import { StreamTable } from './stream-table.ts';
import { Waiters } from './waiters.ts';

export class Journal {
	readonly #limits: JournalLimits;
	readonly #streams: StreamTable;
	readonly #segments: SegmentFiles;
	readonly #commit: GroupCommit;
	readonly #waiters = new Waiters();
	#rows: readonly Stream[] = [];
	#groups = 0;
	#records = 0;
	#troubles = 0;

	/**
	 * Opens the journal in a folder and says what is in it. Nothing is written before the first record.
	 *
	 * Errors: `format-unknown`, `other-cell`, and those of `LogFiles`.
	 */
	static async open(options: JournalOptions): Promise<{ journal: Journal; recovery: Recovery }> {
		const { files, cell, checksum, snapshots = new Map() } = options;
		const limits = limitsOf(options);
		const log = await scanLog({ files, cell, checksum });
		const recovery = recover({ files, cell, checksum, log, snapshots });
		// A snapshot may be ahead of a log that was damaged; what comes now must not look covered by it.
		const first = Math.max(log.last, ...snapshots.values()) + 1;
		const streams = log.streams.values().map((stream) => goneOn(stream, recovery, first));
		const table = new StreamTable(streams, log.nextStream);
		const segments = new SegmentFiles(log.segments, log.last, {
			files,
			checksum,
			cell,
			segmentBytes: limits.segmentBytes,
			salt: options.salt,
			rowsBefore: (sequence) => table.rowsBefore(sequence),
		});
		const journal = new Journal({ options, limits, table, segments, first });
		return { journal, recovery };
	}

	private constructor({
		options,
		limits,
		table,
		segments,
		first,
	}: {
		options: JournalOptions;
		limits: JournalLimits;
		table: StreamTable;
		segments: SegmentFiles;
		first: number;
	}) {
		this.#limits = limits;
		this.#streams = table;
		this.#segments = segments;
		const { clock, checksum, salt, onDurable, onTrouble, onRoom } = options;
		this.#commit = new GroupCommit(first, {
			...limits,
			clock,
			complete: () => this.#markChanges(),
			write: (group, range) => segments.put(group.seal({ first: range.first, salt, checksum }), range),
			done: (sequence) => {
				this.#groups++;
				table.settle(this.#rows);
				onDurable?.(sequence);
				this.#waiters.reach(sequence);
				segments.removeUpTo(table.unneededUpTo);
			},
			onTrouble: (error) => {
				this.#troubles++;
				if (this.#commit.hasEnded) this.#waiters.end(error);
				onTrouble?.(error);
			},
			onRoom: () => onRoom?.(),
		});
	}

	/**
	 * The number of the stream of this name, the same after a restart; a new one begins empty, as if it
	 * had just been snapshot.
	 */
	stream(name: string): number {
		const known = this.#streams.find(name);
		if (known !== undefined) return known.id;
		const created = this.#streams.create(name, this.#commit.next);
		this.#commit.add(markKind, created.id, encodeStreams([created]));
		return created.id;
	}

	/**
	 * Appends a record and returns its sequence. The payload is copied. Ask `hasRoom` first.
	 *
	 * @param kind the caller's own, 0 to 254
	 * @throws JournalError `too-large`, `held-full`, `closed`
	 */
	append(kind: number, stream: number, payload: Uint8Array): number {
		this.#admit(kind, payload.length);
		const known = this.#streams.get(stream);
		// Taken before: the record may be the one that its group is closed with.
		const { sealed } = this.#commit;
		const sequence = this.#commit.add(kind, stream, payload);
		this.#streams.added(known, sequence, sealed);
		this.#records++;
		return sequence;
	}

	/**
	 * Appends a record that `write` encodes straight into the group, with at most `mostBytes`.
	 *
	 * @throws JournalError `too-large`, `held-full`, `closed`
	 */
	encode(kind: number, stream: number, mostBytes: number, write: WriteRecord): number {
		this.#admit(kind, mostBytes);
		const known = this.#streams.get(stream);
		// Taken before: the record may be the one that its group is closed with.
		const { sealed } = this.#commit;
		const sequence = this.#commit.encode(kind, stream, mostBytes, write);
		this.#streams.added(known, sequence, sealed);
		this.#records++;
		return sequence;
	}

	/**
	 * So many bytes wait in memory until the newest record, or the one that is appended next, is durable: they
	 * count as its own where it is about how much may wait, and when a group begins.
	 */
	hold(bytes: number): void {
		this.#commit.hold(bytes);
	}

	/** Whether one more turn may run: it is held while the disk is full or too slow. */
	get hasRoom(): boolean {
		return this.#commit.hasRoom;
	}

	/** Sequence of the newest record. */
	get last(): number {
		return this.#commit.next - 1;
	}

	/** Everything up to this sequence is durable. */
	get durable(): number {
		return this.#commit.durable;
	}

	/** Why nothing becomes durable at present; undefined when all is well. */
	get trouble(): JournalError | undefined {
		return this.#commit.trouble;
	}

	/** Somebody waits for this record: the group with it begins within `holdMs`, and `onDurable` tells. */
	need(sequence: number): void {
		this.#commit.need(sequence);
	}

	/**
	 * Somebody may be looking: as `need`, but such groups come no more often in the long run than once in
	 * `lazyMs`, as they would without anybody. What was not used is saved up for ten seconds.
	 */
	wish(sequence: number): void {
		this.#commit.wish(sequence);
	}

	/** As `need`; rejects with `closed` when the journal ends before. */
	whenDurable(sequence: number): Promise<void> {
		if (sequence <= this.#commit.durable) return Promise.resolve();
		this.#commit.need(sequence);
		return this.#waiters.wait(sequence);
	}

	/** Begins a group with everything so far, without waiting for more. */
	flush(): void {
		this.#commit.flush();
	}

	/** All that the turns of a stream up to this one sent has been handed over; written with the next group. */
	acknowledge(stream: number, turn: number): void {
		this.#streams.handedOver(stream, turn);
		this.#commit.mention();
	}

	/**
	 * There is a durable snapshot of the stream with everything up to `sequence` in it: records up to there
	 * are not needed any more. Who wants to be able to use the snapshot before it gives the sequence of that.
	 *
	 * @throws RangeError for a record that is not durable itself: a snapshot must never be ahead of the log
	 */
	covered(stream: number, sequence: number): void {
		if (sequence > this.#commit.durable)
			throw new RangeError(`a snapshot at ${sequence} is ahead of the journal at ${this.#commit.durable}`);
		this.#streams.cover(stream, sequence);
		this.#commit.mention();
	}

	/** The stream has ended for good. */
	forget(stream: number): void {
		this.#streams.forget(stream);
		this.#commit.mention();
	}

	/** All segments together are larger than they should be; what nobody needs of them goes with the next group. */
	get isLarge(): boolean {
		return this.#segments.bytes > this.#limits.keepBytes;
	}

	/**
	 * The stream that should be snapshot next: one that goes on behind damage, or, when the log is larger
	 * than it should be, the one that needs the oldest record. Undefined when none has to.
	 */
	wantsSnapshot(): { stream: number; name: string } | undefined {
		const oldest = this.#streams.oldest();
		if (oldest === undefined) return undefined;
		const bytes = this.#segments.bytesBehind(oldest.snapshot);
		const isWanted = oldest.rewinds.length > 0 || bytes > this.#limits.keepBytes;
		return isWanted ? { stream: oldest.id, name: oldest.name } : undefined;
	}

	counts(): JournalCounts {
		return {
			records: this.#records,
			groups: this.#groups,
			...this.#segments.written,
			troubles: this.#troubles,
			bytesHeld: this.#commit.bytes,
			bytesKept: this.#segments.bytes,
			segments: this.#segments.count,
		};
	}

	/** Makes everything durable and lets go of the files. Rejects with what stood in the way: `disk-full`, `io`. */
	async close(): Promise<void> {
		try {
			await this.#commit.close();
		} finally {
			this.#waiters.end(new JournalError('closed', 'the journal was closed before this was durable'));
			await this.#segments.close();
		}
	}

	#admit(kind: number, bytes: number): void {
		const { mostRecordBytes, heldBytes } = this.#limits;
		if (kind >= markKind) throw new RangeError(`records of kind ${kind} are the journal's own`);
		if (bytes > mostRecordBytes)
			throw new JournalError('too-large', `a record of ${bytes} bytes; ${mostRecordBytes} is the most`);
		if (this.#commit.bytes + bytes > heldBytes + mostRecordBytes)
			throw new JournalError('held-full', `${this.#commit.bytes} bytes wait for the disk already`);
	}

	#markChanges(): void {
		this.#rows = this.#streams.takeChanged();
		for (const row of this.#rows) this.#commit.addLast(markKind, row.id, encodeStreams([row]));
	}
}
