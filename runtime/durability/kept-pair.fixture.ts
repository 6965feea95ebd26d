/** Two cells with a journalled probe each, which end as by a power cut, together or one alone, and are made again. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Order } from '../../modules/probe/testbed.ts';
import { Doorbell } from '../bus/doorbell.ts';
import { type Heard, Hub, type HubCell, isForHub } from '../bus/hub.ts';
import { ManualClock } from '../manual-clock.ts';
import { Cell } from '../vm/cell.ts';
import type { CellCommand, CellReport, VmId } from '../vm/cell-protocol.ts';
import { probe, specOf } from './keeping.fixture.ts';
import { MemoryStorage } from './memory-storage.ts';

class PairedCell implements HubCell {
	readonly domain = 'open';
	readonly bell = new Doorbell().buffer;
	readonly reports: CellReport[] = [];
	readonly #commands: CellCommand[] = [];
	readonly #cell: Cell;
	readonly send = (command: CellCommand): void => void this.#commands.push(command);

	constructor(storage: MemoryStorage, clock: ManualClock) {
		this.#cell = new Cell({
			clock,
			storage,
			report: (reports) => this.reports.push(...reports),
			wake: () => undefined,
		});
	}

	/** False when there was nothing to do. */
	work(turns: number): boolean {
		const commands = this.#commands.splice(0);
		for (const command of commands) this.#cell.accept(command);
		const hasHeard = !this.#cell.isIdle();
		while (this.#cell.hear());
		return this.#cell.run(turns) || hasHeard || commands.length > 0;
	}
}

/** So small that snapshots are taken all the time. */
const limits = { segmentBytes: 4096, keepBytes: 4096 };

/** Probe 1 is in the first cell, probe 2 in the second. */
export class KeptPair {
	readonly said: Heard[] = [];
	readonly faults: CellReport[] = [];
	readonly #clock: ManualClock;
	readonly #storages: readonly MemoryStorage[];
	readonly #hub = new Hub({ ringBytes: 4096 });
	readonly #cells: PairedCell[];

	constructor(storages = [new MemoryStorage(limits), new MemoryStorage(limits)], clock = new ManualClock()) {
		this.#clock = clock;
		this.#storages = storages;
		this.#cells = storages.map((storage) => new PairedCell(storage, clock));
		for (const cell of this.#cells) this.#hub.addCell(cell);
		this.#hub.listen('probe.out', (heard) => this.said.push(heard));
	}

	/** Until both come to rest; what a journal holds is written then. */
	async settle(turns = 64): Promise<void> {
		for (let idle = 0; idle < 6; idle++) {
			await nextTurn();
			for (const cell of this.#cells) if (this.#work(cell, turns)) idle = 0;
		}
	}

	/** As `settle`, with the times that groups and receipts gather. */
	async write(): Promise<void> {
		for (const ms of [0, 2, 60, 2]) {
			this.#clock.advance(ms);
			await this.settle();
		}
	}

	/** Has each make only so many turns, and what they did made durable; then a while passes in which none runs. */
	async runOnly(turns: readonly number[], lingers: boolean): Promise<void> {
		for (const [index, cell] of this.#cells.entries())
			for (let left = turns[index] ?? 0; left > 0; left--) this.#work(cell, 1);
		for (const ms of lingers ? [2, 2, 60, 2, 2] : [2]) {
			this.#clock.advance(ms);
			for (let left = 6; left > 0; left--) await nextTurn();
			if (lingers) for (const cell of this.#cells) this.#work(cell, 0);
		}
	}

	async start(vm: VmId): Promise<void> {
		const spec = specOf(vm);
		const cell = this.#cells[vm - 1] as PairedCell;
		this.#hub.attach(vm, { cell, topics: spec.topics });
		cell.send({ tag: 'start', vm, spec });
		await this.write();
	}

	post(order: Order): void {
		this.#hub.publish('probe.order', probe.order(order));
	}

	/** What is written from now on ends after so many steps of the disk. */
	cutAfter(index: number, steps: number): void {
		this.#storages[index]?.files.cutAfter(steps);
	}

	/** One cell ends, and another stands in its place. */
	async cutOne(index: number, choose?: (most: number) => number): Promise<void> {
		const [cell, storage] = [this.#cells[index], this.#storages[index]];
		if (cell === undefined || storage === undefined) throw new RangeError(`there is no cell ${index}`);
		this.#hub.removeCell(cell);
		await this.#end(storage, choose);
		const next = new PairedCell(storage, this.#clock);
		this.#cells[index] = next;
		this.#hub.addCell(next);
	}

	/** The power is gone and back; time goes on. */
	async cut(choose?: (most: number) => number): Promise<KeptPair> {
		for (const storage of this.#storages) await this.#end(storage, choose);
		return new KeptPair([...this.#storages], new ManualClock(this.#clock.now() + 100_000));
	}

	async #end(storage: MemoryStorage, choose?: (most: number) => number): Promise<void> {
		storage.files.cutAfter(0);
		await nextTurn();
		await storage.restart(choose);
	}

	#work(cell: PairedCell, turns: number): boolean {
		const isBusy = cell.work(turns);
		for (const report of cell.reports.splice(0)) {
			if (isForHub(report)) this.#hub.accept(cell, report);
			else if (report.tag === 'handed-over') cell.send({ tag: 'heard', number: report.number });
			else if (report.tag === 'fault') this.faults.push(report);
		}
		return isBusy;
	}
}
