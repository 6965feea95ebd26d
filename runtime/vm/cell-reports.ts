/** What cells say of VMs, sorted: what others are to be told of, what is counted, and what moves a VM on. */
import { type Hub, type HubReport, isForHub } from '../bus/hub.ts';
import type { Clock } from '../clock.ts';
import type { BudgetName } from './budget-name.ts';
import type { CellReport, LogLine, VmId } from './cell-protocol.ts';
import type { SupervisedCell } from './cell-table.ts';
import type { Fault } from './conduct.ts';
import type { Overrun } from './overruns.ts';
import type { Supervised, VmView } from './supervised.ts';

/** Who listens to what VMs do. */
export interface ReportEvents {
	log?(vm: VmView, line: LogLine): void;
	/** A turn has failed; told before the VM moves to another state. */
	fault?(vm: VmView, fault: Fault): void;
	/** It wanted more than its budget of this name: told once, and whenever it has twice as often. */
	overrun?(vm: VmView, overrun: Overrun): void;
	/** A message that ended two turns badly. */
	setAside?(vm: VmView, message: { topic: string; payload: Uint8Array }): void;
	recorded?(report: Extract<CellReport, { tag: 'recorded' }>): void;
}

/** What moves a VM on in its life. */
export interface ReportedMoves {
	started(vm: Supervised, tookUs: number): void;
	stopped(vm: Supervised): void;
	slept(vm: Supervised): void;
	woke(vm: Supervised): void;
	resumed(vm: Supervised, isAsleep: boolean): void;
	failed(vm: Supervised, reason: string): void;
}

export interface CellReportsOptions {
	readonly clock: Pick<Clock, 'now'>;
	readonly hub: Hub;
	readonly on: ReportEvents;
	readonly moves: ReportedMoves;
	/** Undefined for one that is not here any more. */
	readonly vmOf: (id: VmId) => Supervised | undefined;
	readonly viewOf: (vm: Supervised) => VmView;
}

export class CellReports {
	readonly #options: CellReportsOptions;

	constructor(options: CellReportsOptions) {
		this.#options = options;
	}

	accept(cell: SupervisedCell, report: CellReport): void {
		const { hub, clock, on, vmOf } = this.#options;
		if (isForHub(report)) return hub.accept(cell, report);
		switch (report.tag) {
			case 'counts':
				for (const counts of report.vms) {
					const counted = vmOf(counts.vm);
					if (counted !== undefined) this.#exceeded(counted, counted.conduct.counted(counts, clock.now()));
				}
				return;
			// Whoever asked for these waits for them.
			case 'closed':
			case 'paused':
			case 'drained':
				return;
			case 'handed-over':
				return cell.send({ tag: 'heard', number: report.number });
			case 'recorded':
				return on.recorded?.(report);
		}
		const vm = vmOf(report.vm);
		if (vm !== undefined) this.#acceptOf(vm, report);
	}

	/** What it wanted beyond its budget is counted, and told now and then. */
	overran(vm: Supervised, budget: BudgetName, detail: string): void {
		this.#exceeded(vm, vm.conduct.exceeded(budget, { atUs: this.#options.clock.now(), detail }));
	}

	faulted(vm: Supervised, fault: Fault): void {
		const { clock, on, viewOf } = this.#options;
		this.#exceeded(vm, vm.conduct.failed(fault, clock.now()));
		on.fault?.(viewOf(vm), fault);
	}

	#acceptOf(vm: Supervised, report: OfVm): void {
		const { on, moves, viewOf } = this.#options;
		switch (report.tag) {
			case 'started':
				return moves.started(vm, report.tookUs);
			case 'stopped':
				return moves.stopped(vm);
			case 'at-rest':
			case 'moved-out':
				return;
			case 'slept':
				return moves.slept(vm);
			case 'woke':
				return moves.woke(vm);
			case 'resumed':
				return moves.resumed(vm, report.isAsleep);
			case 'fault':
				for (const line of report.log) on.log?.(viewOf(vm), line);
				this.faulted(vm, report);
				return moves.failed(vm, `${report.code}: ${report.message}`);
			case 'set-aside':
				return on.setAside?.(viewOf(vm), report);
			case 'log':
				return on.log?.(viewOf(vm), report.line);
			case 'exceeded':
				return this.overran(vm, report.budget, report.detail);
			case 'effect':
				return vm.linked?.carryOut(report.effect);
		}
	}

	#exceeded(vm: Supervised, news: Overrun | undefined): void {
		const { on, viewOf } = this.#options;
		if (news !== undefined) on.overrun?.(viewOf(vm), news);
	}
}

type OfVm = Exclude<Extract<CellReport, { readonly vm: VmId }>, HubReport | { readonly tag: 'recorded' }>;
