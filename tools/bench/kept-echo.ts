/** VMs of one cell that say again what they hear, journalled or not, run as the thread of a cell runs them. */
import { cellStorage } from '../../firmware/hal/cell-storage.ts';
import { systemClock } from '../../firmware/hal/clock.ts';
import { Cell } from '../../runtime/vm/cell.ts';
import type { CellReport } from '../../runtime/vm/cell-protocol.ts';
import { type EchoGuest, echoSpec } from './echo-guest.ts';

/** As the thread of a cell: turns between two looks at what else there is. */
const turnsAtATime = 1024;
const topics = ['to.one', 'to.two'] as const;

export interface KeptEchoOptions {
	readonly guest: EchoGuest;
	/** Where every turn is journalled; undefined where nothing is kept. */
	readonly folder?: string | undefined;
	/** One says what it is told to nobody but the box, two send it each other for ever. */
	readonly vms: 1 | 2;
	/** Whether the box listens, so that each message also leaves the cell. */
	readonly isHeard: boolean;
}

export class KeptEcho {
	readonly #options: KeptEchoOptions;
	readonly #cell: Cell;
	/** Messages that have left the cell. */
	#left = 0;
	/** Messages that the VMs have been given. */
	#given = 0;
	#running = 0;
	#isScheduled = false;
	#isHalted = false;
	#enough = Number.POSITIVE_INFINITY;
	#reached = Promise.withResolvers<void>();
	readonly #started = Promise.withResolvers<void>();
	readonly #closed = Promise.withResolvers<void>();

	constructor(options: KeptEchoOptions) {
		this.#options = options;
		const { folder } = options;
		const storage = folder && cellStorage({ path: folder, cell: 'bench', platformVersion: '1.0.0' });
		this.#cell = new Cell({
			clock: systemClock(),
			...(storage && { storage }),
			report: (reports) => this.#hear(reports),
			wake: () => this.#schedule(),
		});
	}

	async start(): Promise<void> {
		const { guest, folder, vms, isHeard } = this.#options;
		const keep = { mode: 'journal', intervalMs: 60_000, digest: '5a'.repeat(32) } as const;
		const kept = folder === undefined ? {} : { keep };
		const [one, two] = topics;
		if (isHeard) this.#cell.accept({ tag: 'wanted', topics: [...topics] });
		this.#cell.accept({ tag: 'start', vm: 1, spec: { ...echoSpec(guest.metered, two, one), ...kept } });
		if (vms === 2)
			this.#cell.accept({ tag: 'start', vm: 2, spec: { ...echoSpec(guest.metered, one, two), ...kept } });
		await this.#started.promise;
	}

	throwIn(payload: Uint8Array): void {
		this.#cell.accept({ tag: 'publish', topic: topics[0], sender: 0, payload });
	}

	/** Goes on until so many more messages have left the cell, and halts; resolves with how many did. */
	async untilLeft(messages: number): Promise<number> {
		const before = this.#left;
		this.#enough = before + messages;
		this.#reached = Promise.withResolvers();
		this.#goOn();
		await this.#reached.promise;
		return this.#left - before;
	}

	/** The same with messages that the VMs have been given, whether the box hears them or not. */
	async untilGiven(messages: number): Promise<number> {
		const before = this.#count();
		this.#goOn();
		for (;;) {
			await new Promise((resolve) => setTimeout(resolve, 2));
			const done = this.#count() - before;
			if (done < messages) continue;
			this.#isHalted = true;
			return done;
		}
	}

	async close(): Promise<void> {
		this.#cell.accept({ tag: 'close' });
		await this.#closed.promise;
	}

	#count(): number {
		this.#cell.accept({ tag: 'count' });
		return this.#given;
	}

	#hear(reports: readonly CellReport[]): void {
		for (const report of reports) {
			if (report.tag === 'published') this.#left++;
			else if (report.tag === 'counts') this.#given = report.vms.reduce((sum, { events }) => sum + events, 0);
			else if (report.tag === 'handed-over')
				queueMicrotask(() => this.#cell.accept({ tag: 'heard', number: report.number }));
			else if (report.tag === 'closed') this.#closed.resolve();
			else if (report.tag === 'started' && ++this.#running === this.#options.vms) this.#started.resolve();
		}
		if (this.#left < this.#enough) return;
		this.#enough = Number.POSITIVE_INFINITY;
		this.#isHalted = true;
		this.#reached.resolve();
	}

	#goOn(): void {
		this.#isHalted = false;
		this.#schedule();
	}

	#schedule(): void {
		if (this.#isScheduled || this.#isHalted) return;
		this.#isScheduled = true;
		setImmediate(() => {
			this.#isScheduled = false;
			if (!this.#isHalted && this.#cell.run(turnsAtATime)) this.#schedule();
		});
	}
}
