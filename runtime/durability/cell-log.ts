/**
 * The journal of a cell, and what it says of VMs that have not come back yet.
 *
 * It is read once when it is opened, for all of them, and again for one that has failed since.
 */

import { Journal } from '../journal/journal.ts';
import type { JournalOptions } from '../journal/journal-options.ts';
import type { Damage } from '../journal/log-scan.ts';
import type { Recovery } from '../journal/recovery.ts';
import type { LogLine } from '../vm/cell-protocol.ts';
import { isForeign, setForeignAside } from './foreign-segments.ts';
import { loadKeptCodec } from './kept-codec.ts';
import type { CellStorage } from './storage.ts';
import { keyOf } from './vm-key.ts';

export interface PastRecord {
	readonly sequence: number;
	readonly kind: number;
	readonly payload: Uint8Array;
}

/** What a VM did, as far as its snapshots may not have it. */
export interface Past {
	/** Everything that its turns up to this one sent has surely been handed over. */
	readonly handedOver: number;
	/** What it did behind them is lost. */
	readonly isCut: boolean;
	readonly records: readonly PastRecord[];
}

export interface CellLogOptions extends Pick<JournalOptions, 'clock' | 'onDurable' | 'onTrouble' | 'onRoom'> {
	readonly storage: CellStorage;
	/** Sequence of the newest snapshot of a stream that can be used; undefined for none. */
	readonly snapshotOf: (stream: string) => Promise<number | undefined>;
}

export class CellLog {
	readonly journal: Journal;
	/** Sequence of the newest record of the lives before. */
	readonly lastWhenOpened: number;
	/** Something of it could not be read. */
	readonly isDamaged: boolean;
	readonly #options: JournalOptions;
	readonly #past: Map<string, Past>;
	readonly #missing: Set<string>;
	/** Every stream there is, by its name. */
	readonly #streams: Map<string, number>;
	#troubles: readonly LogLine[];

	/** Errors: those of `Journal.open` and of `CellStorage`. */
	static async open({ storage, snapshotOf, ...told }: CellLogOptions): Promise<CellLog> {
		await loadKeptCodec();
		const { cell, checksum, salt, limits } = storage;
		const options = { ...limits, ...told, files: await storage.log(), cell, checksum, salt };
		const { opened, foreign } = await openOwn(options);
		const troubles = [...foreign, ...opened.recovery.damage.map(lineOf)];
		// Whole, it says by itself where each snapshot is. Where a part is missing, newer ones may do without it.
		if (opened.recovery.damage.length === 0) return CellLog.#read(opened, options, troubles);
		const snapshots = new Map<string, number>();
		for (const { name } of opened.recovery.streams) {
			const sequence = await snapshotOf(name);
			if (sequence !== undefined) snapshots.set(name, sequence);
		}
		return CellLog.#read(await Journal.open({ ...options, snapshots }), options, troubles);
	}

	static async #read(
		{ journal, recovery }: { journal: Journal; recovery: Recovery },
		options: JournalOptions,
		troubles: readonly LogLine[],
	): Promise<CellLog> {
		const isDamaged = recovery.damage.length > 0;
		return new CellLog(journal, options, { past: await pastOf(recovery), troubles, isDamaged });
	}

	private constructor(
		journal: Journal,
		options: JournalOptions,
		found: { past: Map<string, Past>; troubles: readonly LogLine[]; isDamaged: boolean },
	) {
		this.journal = journal;
		this.lastWhenOpened = journal.last;
		this.isDamaged = found.isDamaged;
		this.#options = options;
		const { past } = found;
		this.#past = past;
		this.#missing = new Set([...past.keys()].filter((stream) => keyOf(stream) !== undefined));
		this.#streams = new Map([...past.keys()].map((name) => [name, journal.stream(name)]));
		this.#troubles = found.troubles;
	}

	/** What could not be read when it was opened, once. */
	takeTroubles(): readonly LogLine[] {
		const troubles = this.#troubles;
		this.#troubles = [];
		return troubles;
	}

	readonly streams = (): string[] => [...this.#streams.keys()];

	knows(stream: string): boolean {
		return this.#streams.has(stream);
	}

	/** Its number; a new one is empty. */
	streamFor(stream: string): number {
		const number = this.journal.stream(stream);
		this.#streams.set(stream, number);
		return number;
	}

	/** Forgets what it holds. */
	renew(stream: string): void {
		this.forget(stream);
		this.streamFor(stream);
	}

	forget(stream: string): void {
		this.journal.forget(this.journal.stream(stream));
		this.#streams.delete(stream);
		this.#past.delete(stream);
		this.#missing.delete(stream);
	}

	/** It is back: what others say to it now reaches it. */
	arrived(stream: string): void {
		this.#missing.delete(stream);
	}

	/** Somebody has not come back yet. */
	get isAwaiting(): boolean {
		return this.#missing.size > 0;
	}

	/** Nobody else is waited for. */
	giveUp(): void {
		this.#past.clear();
		this.#missing.clear();
	}

	/** What the log said of this one when it was opened, once. */
	take(stream: string): Past | undefined {
		const past = this.#past.get(stream);
		this.#past.delete(stream);
		return past;
	}

	/** What it says now; everything of it has to be durable. Errors: those of `Journal.open`. */
	async read(stream: string): Promise<Past | undefined> {
		const { files, cell, checksum, salt, clock } = this.#options;
		const { recovery } = await Journal.open({ files, cell, checksum, salt, clock });
		return (await pastOf(recovery, stream)).get(stream);
	}
}

/** The journal without what others wrote into its folder, and what that was. */
async function openOwn(options: JournalOptions) {
	try {
		return { opened: await Journal.open(options), foreign: [] };
	} catch (error) {
		if (!isForeign(error)) throw error;
		const foreign = (await setForeignAside(options)).map(
			(why): LogLine => ({ level: 'error', text: `state-lost: ${why}; it is set aside` }),
		);
		return { opened: await Journal.open(options), foreign };
	}
}

/** Whose loss it is, they tell by themselves: it may be nobody's, or one that was told before. */
function lineOf({ segment, bytes, after, to }: Damage): LogLine {
	const where = `${bytes} bytes of ${segment} in the journal cannot be read`;
	const what =
		to === undefined
			? 'a power cut stopped a write that nobody was told of, or its end is damaged'
			: `${to - after} records are missing`;
	return { level: 'warn', text: `${where}: ${what}` };
}

/** @param only the records of this one; default those of all */
async function pastOf({ streams, records }: Recovery, only?: string): Promise<Map<string, Past>> {
	const found = new Map<string, Past>();
	const lists = new Map<number, PastRecord[]>();
	for (const { stream, name, handedOver, cutAfter } of streams) {
		const list: PastRecord[] = [];
		if (only === undefined || name === only) lists.set(stream, list);
		found.set(name, { handedOver, isCut: cutAfter !== undefined, records: list });
	}
	for await (const group of records())
		for (const { stream, sequence, kind, payload } of group)
			lists.get(stream)?.push({ sequence, kind, payload: payload.slice() });
	return found;
}
