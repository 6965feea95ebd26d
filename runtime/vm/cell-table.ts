/** The cells of a box by name: spawned when first needed, watched, replaced when one has to be killed. */
import type { Hub, HubCell } from '../bus/hub.ts';
import type { Clock, Timer } from '../clock.ts';
import type { Domain } from '../module/manifest.ts';
import type { CellHandle, CellHost } from './cell-host.ts';
import type { CellCommand, CellReport, LinkCounts, VmId } from './cell-protocol.ts';

export interface SupervisedCell extends HubCell {
	readonly name: string;
}

export interface CellView {
	readonly name: string;
	readonly isUp: boolean;
	/** How often it had to be replaced. */
	readonly restarts: number;
	/** What became of messages from other cells, as of its last count. */
	readonly links: LinkCounts;
}

export interface CellTableOptions {
	readonly clock: Clock;
	readonly host: CellHost;
	readonly hub: Hub;
	/** How often running turns are looked at; where nothing runs, at a tenth of that. */
	readonly watchMs: number;
	/** How long a turn of this VM may take before its cell is ended: more than its fuel lasts. */
	readonly turnMsOf: (vm: VmId) => number;
	readonly accept: (cell: SupervisedCell, report: CellReport) => void;
	/** The cell is gone; `culprit` is the VM whose turn did not end. A new cell may be taken at once. */
	readonly lost: (cell: SupervisedCell, culprit: VmId | undefined, why: string) => void;
}

interface Entry extends SupervisedCell {
	readonly handle: CellHandle;
	/** Its heartbeat at the last look. */
	count: number;
	/** The turn seen at the last look, and when it was seen first. */
	seen: { turn: number; sinceUs: number } | undefined;
	readonly whenCounted: (() => void)[];
	/** What it was asked and has not answered, by the kind of answer. */
	readonly asked: Map<CellReport['tag'], (answer: CellReport | undefined) => void>;
	links: LinkCounts;
	readonly closed: PromiseWithResolvers<void>;
}

const noLinks: LinkCounts = { forged: 0, malformed: 0, dropped: 0 };
/** How much longer the next look may wait while nothing runs: each one wakes the processor. */
const idleTimes = 10;
/** How long a cell may take to make durable what it keeps, in milliseconds. */
const closingMs = 2000;

export class CellTable {
	readonly #options: CellTableOptions;
	readonly #cells = new Map<string, Entry>();
	/** By name, of every cell there ever was. */
	readonly #restarts = new Map<string, number>();
	#watch: Timer | undefined;
	/** Nothing ran between the last two looks. */
	#isIdle = false;

	constructor(options: CellTableOptions) {
		this.#options = options;
	}

	of(name: string): SupervisedCell | undefined {
		return this.#cells.get(name);
	}

	/** The cell of that name, spawned if there is none. */
	take({ name, domain }: { name: string; domain: Domain }): SupervisedCell {
		const existing = this.#cells.get(name);
		if (existing !== undefined) return existing;
		const handle = this.#options.host.spawn({
			name,
			onReports: (reports) => {
				for (const report of reports) this.#accept(entry, report);
			},
			onLost: (why) => this.#lose(entry, { why }),
		});
		const send = (command: CellCommand): void => {
			handle.send(command);
			if (this.#isIdle) this.#lookSoon();
		};
		const { bell } = handle;
		const entry: Entry = {
			name,
			domain,
			handle,
			bell,
			send,
			count: handle.heartbeat.count(),
			seen: undefined,
			whenCounted: [],
			asked: new Map(),
			links: noLinks,
			closed: Promise.withResolvers(),
		};
		this.#cells.set(name, entry);
		this.#restarts.set(name, this.#restarts.get(name) ?? 0);
		this.#options.hub.addCell(entry);
		this.#lookSoon();
		return entry;
	}

	views(): CellView[] {
		return [...this.#restarts].map(([name, restarts]) => {
			const entry = this.#cells.get(name);
			return { name, isUp: entry !== undefined, restarts, links: entry?.links ?? noLinks };
		});
	}

	/** Resolves when every cell has reported its counts, or is gone. */
	async count(): Promise<void> {
		const counted = [...this.#cells.values()].map((entry) => {
			const { promise, resolve } = Promise.withResolvers<void>();
			entry.whenCounted.push(resolve);
			entry.send({ tag: 'count' });
			return promise;
		});
		await Promise.all(counted);
	}

	async close(): Promise<void> {
		this.#watch?.cancel();
		this.#isIdle = false;
		const entries = [...this.#cells.values()];
		await Promise.all(entries.map((entry) => this.#calm(entry)));
		this.#cells.clear();
		await Promise.all(entries.map(({ handle }) => handle.terminate()));
		for (const entry of entries) {
			this.#options.hub.removeCell(entry);
			for (const resolve of entry.whenCounted) resolve();
		}
	}

	/** Asks what is answered by one report; undefined when the cell is gone. Nothing may be asked twice at a time. */
	ask<Tag extends CellReport['tag']>(
		{ name }: SupervisedCell,
		command: CellCommand,
		tag: Tag,
	): Promise<Extract<CellReport, { tag: Tag }> | undefined> {
		const entry = this.#cells.get(name);
		if (entry === undefined) return Promise.resolve(undefined);
		const { promise, resolve } = Promise.withResolvers<CellReport | undefined>();
		entry.asked.set(tag, resolve);
		entry.send(command);
		return promise as Promise<Extract<CellReport, { tag: Tag }> | undefined>;
	}

	/** No cell begins a turn, and each has heard all that was said to it. Returns how all go on. */
	async still(): Promise<() => void> {
		const cells = [...this.#cells.values()];
		await Promise.all(cells.map((cell) => this.ask(cell, { tag: 'pause' }, 'paused')));
		for (let isQuiet = false; !isQuiet; ) {
			const drained = await Promise.all(cells.map((cell) => this.ask(cell, { tag: 'drain' }, 'drained')));
			isQuiet = drained.every((answer) => answer?.isQuiet !== false);
		}
		return () => {
			for (const { send } of cells) send({ tag: 'go-on' });
		};
	}

	tellAll(command: CellCommand): void {
		for (const { send } of this.#cells.values()) send(command);
	}

	/** Resolves when the cell has made durable what it keeps, or has had its time. */
	async #calm({ send, closed }: Entry): Promise<void> {
		const late = this.#options.clock.after(closingMs, () => closed.resolve());
		send({ tag: 'close' });
		await closed.promise;
		late.cancel();
	}

	#accept(entry: Entry, report: CellReport): void {
		// What a cell said before it was killed, but was heard after: another one stands in its place.
		if (this.#cells.get(entry.name) !== entry) return;
		this.#options.accept(entry, report);
		entry.asked.get(report.tag)?.(report);
		entry.asked.delete(report.tag);
		if (report.tag === 'closed') entry.closed.resolve();
		if (report.tag !== 'counts') return;
		entry.links = report.links;
		for (const resolve of entry.whenCounted.splice(0)) resolve();
	}

	#lookSoon(): void {
		this.#isIdle = false;
		this.#look();
	}

	#look(): void {
		this.#watch?.cancel();
		const { clock, watchMs } = this.#options;
		this.#watch = clock.after(this.#isIdle ? watchMs * idleTimes : watchMs, () => {
			const entries = [...this.#cells.values()];
			this.#isIdle = entries.every(isIdle);
			for (const entry of entries) this.#check(entry);
			this.#look();
		});
	}

	#check(entry: Entry): void {
		entry.count = entry.handle.heartbeat.count();
		const running = entry.handle.heartbeat.running();
		const now = this.#options.clock.now();
		if (running === undefined) {
			entry.seen = undefined;
			return;
		}
		if (entry.seen?.turn !== running.turn) {
			entry.seen = { turn: running.turn, sinceUs: now };
			return;
		}
		const mostMs = this.#options.turnMsOf(running.vm);
		if (now - entry.seen.sinceUs < mostMs * 1000) return;
		this.#lose(entry, { culprit: running.vm, why: `a turn took longer than ${mostMs} ms` });
	}

	#lose(entry: Entry, { culprit, why }: { culprit?: VmId; why: string }): void {
		if (this.#cells.get(entry.name) !== entry) return;
		this.#cells.delete(entry.name);
		this.#restarts.set(entry.name, (this.#restarts.get(entry.name) ?? 0) + 1);
		void entry.handle.terminate();
		this.#options.hub.removeCell(entry);
		entry.closed.resolve();
		for (const resolve of entry.asked.values()) resolve(undefined);
		for (const resolve of entry.whenCounted.splice(0)) resolve();
		this.#options.lost(entry, culprit, why);
	}
}

/** Nothing runs, nor has since the last look. */
function isIdle({ handle: { heartbeat }, count }: Entry): boolean {
	return heartbeat.count() === count && heartbeat.running() === undefined;
}
