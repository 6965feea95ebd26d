/**
 * The recordings that this box makes at the moment: kept until whoever asked for them has read them.
 *
 * A reader that is too slow, or does not come back, ends its recording; never does it hold up the VM.
 */
import type { Clock, Timer } from '../clock.ts';
import type { RecordingOrder, VmId } from '../vm/cell-protocol.ts';
import { RecordingError } from './error.ts';
import type { Recorded } from './recorder.ts';

export interface RecordingsOptions {
	readonly clock: Clock;
	/** Tells the cell of a VM that nothing more of it is wanted. */
	readonly stop: (vm: VmId, why: string) => void;
	/** Recordings at a time. Default 4. */
	readonly most?: number;
	/** Bytes of the turns of one that may wait to be read. Default 1 MiB. */
	readonly unreadBytes?: number;
	/** Bytes that one read gives at most. Default 32 KiB. */
	readonly readBytes?: number;
	/** Milliseconds after which a reader that does not come is not waited for. Default 30 s. */
	readonly patienceMs?: number;
}

interface Entry {
	readonly id: number;
	vm: VmId | undefined;
	unread: Uint8Array[];
	unreadBytes: number;
	/** Of what comes before the turns: no reader can have read it before they come. */
	bytesBeforeTurns: number;
	/** Of the first unread byte. */
	offset: number;
	turns: number;
	ended: string;
	patience: Timer | undefined;
}

export interface RecordingPart {
	/** Empty when there is nothing new yet. */
	readonly bytes: Uint8Array;
	/** Turns recorded so far, read or not. */
	readonly turns: number;
	/** Why nothing comes after these bytes; empty while something may. */
	readonly ended: string;
}

export class Recordings {
	readonly #options: Required<RecordingsOptions>;
	readonly #entries = new Map<number, Entry>();
	#lastId = 0;

	constructor(options: RecordingsOptions) {
		this.#options = { most: 4, unreadBytes: 1_048_576, readBytes: 32_768, patienceMs: 30_000, ...options };
	}

	/** @throws RecordingError `too-many-recordings` */
	open({ turns, bytes }: Pick<RecordingOrder, 'turns' | 'bytes'>): RecordingOrder {
		if (this.#entries.size >= this.#options.most)
			throw new RecordingError('too-many-recordings', `${this.#entries.size} VMs are being recorded already`);
		const id = ++this.#lastId;
		const entry: Entry = {
			id,
			vm: undefined,
			unread: [],
			unreadBytes: 0,
			bytesBeforeTurns: 0,
			offset: 0,
			turns: 0,
			ended: '',
			patience: undefined,
		};
		this.#entries.set(id, entry);
		this.#wait(entry);
		return { id, turns, bytes };
	}

	/** The VM is about to start: `opening` is the first part of its recording. */
	began(id: number, { vm, opening }: { vm: VmId; opening: Uint8Array }): void {
		const entry = this.#entries.get(id);
		if (entry === undefined) return;
		entry.vm = vm;
		entry.bytesBeforeTurns = opening.length;
		this.#keep(entry, opening);
	}

	/** What the VM's recorder said. */
	accept(id: number, { bytes, turns, ended }: Recorded): void {
		const entry = this.#entries.get(id);
		if (entry === undefined || entry.ended !== '') return;
		if (entry.turns === 0 && turns === 0) entry.bytesBeforeTurns += bytes.length;
		entry.turns += turns;
		this.#keep(entry, bytes);
		const most = this.#options.unreadBytes + Math.max(0, entry.bytesBeforeTurns - entry.offset);
		if (ended !== undefined) entry.ended = ended;
		else if (entry.unreadBytes > most) this.#end(entry, 'it was not read in time');
	}

	/** The VM does not run any more, and perhaps nobody is left to say so. */
	left(vm: VmId, why: string): void {
		for (const entry of this.#entries.values()) if (entry.vm === vm && entry.ended === '') entry.ended = why;
	}

	/**
	 * What comes from `offset` on; what is before it is forgotten. The last part is forgotten once
	 * what is behind it was asked for.
	 *
	 * @throws RecordingError `unknown-recording`
	 */
	read(id: number, offset: number): RecordingPart {
		const entry = this.#entry(id);
		const end = entry.offset + entry.unreadBytes;
		if (!(offset >= entry.offset && offset <= end))
			throw new RecordingError('unknown-recording', `recording ${id} has no byte ${offset} any more`);
		this.#forget(entry, offset);
		this.#wait(entry);
		const whole = new Uint8Array(Math.min(entry.unreadBytes, this.#options.readBytes));
		let at = 0;
		for (const part of entry.unread) {
			if (at === whole.length) break;
			whole.set(part.subarray(0, whole.length - at), at);
			at += Math.min(part.length, whole.length - at);
		}
		const isAll = whole.length === entry.unreadBytes;
		if (isAll && entry.ended !== '' && whole.length === 0) this.#remove(entry);
		return { bytes: whole, turns: entry.turns, ended: isAll ? entry.ended : '' };
	}

	/** Nothing more is recorded; what was can still be read. @throws RecordingError `unknown-recording` */
	stop(id: number): void {
		const entry = this.#entry(id);
		if (entry.ended === '') this.#end(entry, 'asked for');
	}

	close(): void {
		for (const entry of this.#entries.values()) entry.patience?.cancel();
		this.#entries.clear();
	}

	#entry(id: number): Entry {
		const entry = this.#entries.get(id);
		if (entry === undefined) throw new RecordingError('unknown-recording', `there is no recording ${id}`);
		return entry;
	}

	#keep(entry: Entry, bytes: Uint8Array): void {
		if (bytes.length === 0) return;
		entry.unread.push(bytes);
		entry.unreadBytes += bytes.length;
	}

	#forget(entry: Entry, offset: number): void {
		while (entry.offset < offset) {
			const [first] = entry.unread;
			if (first === undefined) return;
			const read = Math.min(first.length, offset - entry.offset);
			if (read === first.length) entry.unread.shift();
			else entry.unread[0] = first.subarray(read);
			entry.offset += read;
			entry.unreadBytes -= read;
		}
	}

	#end(entry: Entry, why: string): void {
		entry.ended = why;
		if (entry.vm !== undefined) this.#options.stop(entry.vm, why);
	}

	#wait(entry: Entry): void {
		entry.patience?.cancel();
		entry.patience = this.#options.clock.after(this.#options.patienceMs, () => {
			if (entry.ended === '') this.#end(entry, 'nobody came for it');
			this.#remove(entry);
		});
	}

	#remove(entry: Entry): void {
		entry.patience?.cancel();
		this.#entries.delete(entry.id);
	}
}
