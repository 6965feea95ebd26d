/** A cell with probes on storage in memory, which ends as by a power cut and is made again. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Order, Word } from '../../modules/probe/testbed.ts';
import { ManualClock } from '../manual-clock.ts';
import { probe, specOf as probeSpec } from '../vm/cell.fixture.ts';
import { Cell } from '../vm/cell.ts';
import type { CellCommand, CellReport, VmId, VmSpec } from '../vm/cell-protocol.ts';
import { MemoryStorage } from './memory-storage.ts';

export { probe };

/** One that is journalled, and soon sleeps. */
export function specOf(vm: VmId, change: Partial<VmSpec> = {}): VmSpec {
	const keep = { mode: 'journal', intervalMs: 1000, digest: probe.component.digest } as const;
	return probeSpec(vm, { sleepAfterMs: 50, keep, ...change });
}

export class KeptCell {
	readonly clock: ManualClock;
	readonly storage: MemoryStorage;
	readonly said: CellReport[] = [];
	readonly #cell: Cell;
	#isAwake = false;

	constructor(storage = new MemoryStorage(), clock = new ManualClock()) {
		this.storage = storage;
		this.clock = clock;
		this.#cell = new Cell({
			clock,
			storage,
			report: (reports) => {
				for (const report of reports)
					if (report.tag === 'handed-over')
						queueMicrotask(() => this.post({ tag: 'heard', number: report.number }));
					else this.said.push(report);
			},
			wake: () => {
				this.#isAwake = true;
			},
		});
		this.#cell.accept({ tag: 'wanted', topics: ['probe.out'] });
	}

	/** Until it comes to rest; what the journal holds is written then. */
	async settle(): Promise<void> {
		for (let idle = 0; idle < 6; idle++) {
			await nextTurn();
			if (this.#isAwake) idle = 0;
			this.#isAwake = false;
			if (this.#cell.run(64)) this.#isAwake = true;
		}
	}

	/** As `settle`, with the time that a group is held. */
	async write(): Promise<void> {
		await this.settle();
		this.clock.advance(2);
		await this.settle();
	}

	/** Has only so many turns made, and what they did made durable. */
	async runOnly(turns: number): Promise<void> {
		this.#cell.run(turns);
		this.clock.advance(2);
		for (let left = 6; left > 0; left--) await nextTurn();
	}

	post(command: CellCommand): void {
		this.#cell.accept(command);
	}

	async start(vm: VmId, change: Partial<VmSpec> = {}): Promise<void> {
		this.post({ tag: 'start', vm, spec: specOf(vm, change) });
		await this.write();
	}

	async order(order: Order): Promise<void> {
		this.post({ tag: 'publish', topic: 'probe.order', sender: 0, payload: probe.order(order) });
		await this.settle();
	}

	words(): Word[] {
		return this.said.flatMap((report) => (report.tag === 'published' ? [probe.word(report.payload)] : []));
	}

	/** What was said of its VMs in the log. */
	lines(): string[] {
		return this.said.flatMap((report) => (report.tag === 'log' ? [report.line.text] : []));
	}

	tags(tag: CellReport['tag']): CellReport[] {
		return this.said.filter((report) => report.tag === tag);
	}

	/** The power is gone and back; time goes on. */
	async cut(choose?: (most: number) => number): Promise<KeptCell> {
		this.storage.files.cutAfter(0);
		this.storage.directory.disk.cutAfter(0);
		await nextTurn();
		await this.storage.restart(choose);
		return new KeptCell(this.storage, new ManualClock(this.clock.now() + 100_000));
	}
}
