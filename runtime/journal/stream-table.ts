/** The streams of a journal: their numbers, what of them is covered, and what the log still has to say of them. */
import { mostNameBytes, mostStreams, type Stream } from './stream.ts';

export class StreamTable {
	readonly #streams = new Map<number, Stream>();
	readonly #byName = new Map<string, Stream>();
	/** What has changed since it was last written. */
	readonly #changed = new Set<Stream>();
	/** Up to where the log on disk says that each is covered. */
	readonly #covered = new Map<number, number>();
	#next: number;

	constructor(streams: Iterable<Stream>, next: number) {
		this.#next = next;
		for (const stream of streams) this.#add(stream);
	}

	/** @throws RangeError for a stream that is not there: nobody may write on behalf of another */
	get(id: number): Stream {
		const stream = this.#streams.get(id);
		if (stream === undefined) throw new RangeError(`the journal has no stream ${id}`);
		return stream;
	}

	find(name: string): Stream | undefined {
		return this.#byName.get(name);
	}

	/** A new one; its row has to be written before its first record. */
	create(name: string, sequence: number): Stream {
		if (this.#next >= mostStreams) throw new RangeError('the journal has no more numbers for streams');
		if (new TextEncoder().encode(name).length > mostNameBytes || name === '')
			throw new RangeError(`a stream cannot be named ${JSON.stringify(name)}`);
		const stream: Stream = {
			id: this.#next++,
			name,
			snapshot: sequence,
			last: sequence,
			before: sequence,
			beforeThat: sequence,
			handedOver: 0,
			rewinds: [],
			isForgotten: false,
		};
		this.#add(stream);
		return stream;
	}

	/** A record was added to it, behind the groups up to `sealed` that are closed. */
	added(stream: Stream, sequence: number, sealed: number): void {
		if (stream.last <= sealed) {
			stream.beforeThat = stream.before;
			stream.before = stream.last;
		}
		stream.last = sequence;
	}

	/** Nothing happens for one that has ended: who tells of it may not know that yet. */
	handedOver(id: number, turn: number): void {
		const stream = this.#living(id);
		if (stream === undefined || turn <= stream.handedOver) return;
		stream.handedOver = turn;
		this.#changed.add(stream);
	}

	/** Nothing happens for one that has ended. */
	cover(id: number, sequence: number): void {
		const stream = this.#living(id);
		if (stream === undefined || sequence <= stream.snapshot) return;
		stream.snapshot = sequence;
		stream.rewinds = stream.rewinds.filter(({ to }) => to > sequence);
		this.#changed.add(stream);
	}

	forget(id: number): void {
		const stream = this.get(id);
		stream.isForgotten = true;
		this.#byName.delete(stream.name);
		this.#changed.add(stream);
	}

	get hasChanged(): boolean {
		return this.#changed.size > 0;
	}

	/** What has to be written of each that changed, once. */
	takeChanged(): readonly Stream[] {
		const rows = [...this.#changed].map((stream) => ({ ...stream }));
		this.#changed.clear();
		return rows;
	}

	/** These rows are on disk. */
	settle(rows: readonly Stream[]): void {
		for (const { id, snapshot, isForgotten } of rows) {
			this.#covered.set(id, snapshot);
			if (!isForgotten) continue;
			this.#streams.delete(id);
			this.#covered.delete(id);
		}
	}

	/** What a segment that begins with `first` says of those that were there before. */
	rowsBefore(first: number): readonly Stream[] {
		return [...this.#streams.values()]
			.filter(({ isForgotten, snapshot }) => !isForgotten && snapshot < first)
			.map((stream) => ({ ...stream, last: lastBefore(stream, first) }));
	}

	/** Records up to this one are of no use to anybody. */
	get unneededUpTo(): number {
		const covered = this.#firstNeeding(({ id, snapshot }) => this.#covered.get(id) ?? snapshot);
		return covered?.from ?? Number.POSITIVE_INFINITY;
	}

	/** Whose snapshot would free most: one that goes on behind damage, or the one that needs the oldest record. */
	oldest(): Stream | undefined {
		const damaged = this.#streams
			.values()
			.find(({ rewinds, isForgotten }) => rewinds.length > 0 && !isForgotten);
		// By what is covered, whether or not the log says so yet: else the same one would be wanted again.
		return damaged ?? this.#firstNeeding(({ snapshot }) => snapshot)?.stream;
	}

	/** Who needs the oldest records: those behind what of it is covered. */
	#firstNeeding(coveredOf: (stream: Stream) => number): { stream: Stream; from: number } | undefined {
		let first: { stream: Stream; from: number } | undefined;
		for (const stream of this.#streams.values()) {
			const from = coveredOf(stream);
			// One that has said nothing since its snapshot needs no record, however old that is.
			if (stream.last > from && from < (first?.from ?? Number.POSITIVE_INFINITY)) first = { stream, from };
		}
		return first;
	}

	#living(id: number): Stream | undefined {
		const stream = this.#streams.get(id);
		return stream?.isForgotten === true ? undefined : stream;
	}

	#add(stream: Stream): void {
		stream.before = stream.last;
		stream.beforeThat = stream.last;
		this.#streams.set(stream.id, stream);
		this.#byName.set(stream.name, stream);
		this.#covered.set(stream.id, stream.snapshot);
	}
}

/** Sequence of the last record before `first`, where a group begins that at most one other follows. */
function lastBefore({ last, before, beforeThat }: Stream, first: number): number {
	if (last < first) return last;
	return before < first ? before : beforeThat;
}
