/**
 * The VMs of other cells that hear what this cell says, remembered over its lives: what is said while one
 * of them is not there has to wait for it, and what nobody ever wanted must not wait for anybody.
 */
import type { Clock } from '../clock.ts';
import type { VmId } from '../vm/cell-protocol.ts';
import type { CellLog } from './cell-log.ts';
import { keptCodec } from './kept-codec.ts';

/** Name of its stream in the journal: no VM has one without a digest. */
export const audienceStream = 'audience';
/** Kind of its records: each is the whole. */
const audienceKind = 5;

export interface AudienceOptions {
	readonly clock: Clock;
	/** Those that can be told something now. */
	readonly present: () => Iterable<{ readonly vm: VmId; readonly topics: readonly string[] }>;
	/** How long one that is not there is waited for. */
	readonly patienceMs: number;
	/** Somebody is waited for no longer. */
	readonly gaveUp: () => void;
}

interface Listener {
	topics: readonly string[];
	/** Until then it is waited for; undefined while it is there. */
	awaitedUntilUs: number | undefined;
}

export class Audience {
	readonly #options: AudienceOptions;
	readonly #listeners = new Map<VmId, Listener>();
	/** Topics of those that are not there. */
	#awaited = new Set<string>();
	/** Until then there may be others than those that are known. */
	#unsureUntilUs = 0;
	#log: CellLog | undefined;

	constructor(options: AudienceOptions) {
		this.#options = options;
	}

	/** Reads who was there in the life before, and has what changes written from now on. */
	open(log: CellLog): void {
		const record = log.take(audienceStream)?.records.at(-1);
		const { listeners } =
			record === undefined ? { listeners: [] } : keptCodec().Audience.decode(record.payload);
		const until = this.#patience();
		for (const { vm, topics } of listeners) this.#listeners.set(vm, { topics, awaitedUntilUs: until });
		if (log.isDamaged || (record === undefined && log.isAwaiting)) {
			this.#unsureUntilUs = until;
			this.#giveUpLater();
		}
		if (listeners.length > 0) this.#giveUpLater();
		this.changed();
		this.#log = log;
		// Whatever there is to say: that there is nobody is worth knowing too, and a record of a life before would be in
		// the way of what the journal could do without, before any VM's: short lives would never get to a snapshot.
		this.#write();
	}

	/** Whether somebody may come who has to be told what is said on this topic now. */
	awaits(topic: string): boolean {
		// Asked for every message, and hardly ever is anybody awaited.
		return (this.#awaited.size > 0 && this.#awaited.has(topic)) || this.#unsureUntilUs > 0;
	}

	/** Cells, or their VMs, have come or gone. */
	changed(): void {
		const gone = new Set(this.#listeners.keys());
		let isNews = false;
		for (const { vm, topics } of this.#options.present()) {
			gone.delete(vm);
			const known = this.#listeners.get(vm);
			if (topics.length > 0) this.#listeners.set(vm, { topics, awaitedUntilUs: undefined });
			else this.#listeners.delete(vm);
			isNews ||= topics.join() !== (known?.topics.join() ?? '');
		}
		let isAny = false;
		for (const vm of gone) {
			const listener = this.#listeners.get(vm);
			if (listener === undefined || listener.awaitedUntilUs !== undefined) continue;
			listener.awaitedUntilUs = this.#patience();
			isAny = true;
		}
		if (isAny) this.#giveUpLater();
		this.#settle(isNews);
	}

	/** Its last record is in the way of what the journal could do without. */
	renew(): void {
		this.#write();
	}

	#patience(): number {
		return this.#options.clock.now() + this.#options.patienceMs * 1000;
	}

	#giveUpLater(): void {
		const { clock, patienceMs, gaveUp } = this.#options;
		clock.after(patienceMs, () => {
			const now = clock.now();
			let isNews = false;
			for (const [vm, { awaitedUntilUs }] of this.#listeners)
				if (awaitedUntilUs !== undefined && awaitedUntilUs <= now) isNews = this.#listeners.delete(vm);
			if (this.#unsureUntilUs <= now) this.#unsureUntilUs = 0;
			this.#settle(isNews);
			gaveUp();
		});
	}

	#settle(isNews: boolean): void {
		const absent = [...this.#listeners.values()].filter(({ awaitedUntilUs }) => awaitedUntilUs !== undefined);
		this.#awaited = new Set(absent.flatMap(({ topics }) => topics));
		if (isNews) this.#write();
	}

	/** Before all records of turns whose messages it is about: these are in the same journal. */
	#write(): void {
		if (this.#log === undefined) return;
		const { journal } = this.#log;
		const listeners = [...this.#listeners].map(([vm, { topics }]) => ({ vm, topics: [...topics] }));
		const stream = this.#log.streamFor(audienceStream);
		const sequence = journal.append(audienceKind, stream, keptCodec().Audience.encode({ listeners }));
		const cover = (): void => journal.covered(stream, sequence - 1);
		// A journal that is closed before keeps one record more.
		journal.whenDurable(sequence).then(cover, () => undefined);
	}
}
