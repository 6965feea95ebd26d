/**
 * Keeps VMs alive, one for one: starts them in the cell of their domain and class, brings them back after
 * a failure, parks those that fail too often, suspends those that may not run for now, and stops by force a
 * turn that fuel does not end.
 */
import type { Hub } from '../bus/hub.ts';
import type { Capabilities } from '../capability/link-vm.ts';
import type { Clock } from '../clock.ts';
import type { PreparedComponent } from '../component/prepare.ts';
import type { CellHost } from './cell-host.ts';
import type { VmId } from './cell-protocol.ts';
import { CellReports, type ReportEvents, type ReportedMoves } from './cell-reports.ts';
import { CellTable, type CellView, type SupervisedCell } from './cell-table.ts';
import { VmError } from './error.ts';
import { Launches } from './launches.ts';
import { isUp, type Transition } from './lifecycle.ts';
import { Migration, type MigrationOptions } from './migration.ts';
import { cellFor, isCellOf, isForForeign, type Placement } from './placement.ts';
import type { Reclaim } from './reclaim.ts';
import type { RestartOptions } from './restart-policy.ts';
import { Standstill, type WhyStill } from './standstill.ts';
import type { RecordedStart, Supervised, VmPlan, VmView } from './supervised.ts';
import type { VmNumbers } from './vm-numbers.ts';
import { type SpecOptions, specOf, topicsOf } from './vm-spec.ts';
import { VmTable } from './vm-table.ts';

export interface SupervisorEvents extends ReportEvents {
	transition?(vm: VmView, transition: Transition): void;
	/** It was moved, and is another cell's now. */
	migrated?(vm: VmView, from: string): void;
}

export interface SupervisorOptions extends SpecOptions {
	readonly clock: Clock;
	readonly cells: CellHost;
	readonly hub: Hub;
	readonly capabilities: Capabilities;
	readonly restart?: RestartOptions;
	/** Asked at each start and by `reconsider`; without it all may run. */
	readonly standstill?: WhyStill;
	/** Which VMs share a cell. Default `domain-and-class`. */
	readonly placement?: Placement | undefined;
	/** How often running turns are looked at, in milliseconds. Default 100. */
	readonly watchMs?: number;
	/** Called when memory of this thread has become free. */
	readonly reclaim?: Reclaim;
	/** Numbers that outlive the restart of the box; without them every start of it counts from 1. */
	readonly numbers?: VmNumbers;
	readonly on?: SupervisorEvents;
}

/**
 * Wall time after which a turn is ended with its whole cell. Fuel ends it long before, unless it
 * spends its time in what fuel cannot see, or the machine has none for it.
 */
function watchdogMs(turnMs: number): number {
	return 4 * turnMs + 1000;
}

export class Supervisor {
	readonly #options: SupervisorOptions;
	readonly #vms: VmTable;
	readonly #cells: CellTable;
	readonly #migration: Migration;
	readonly #reports: CellReports;
	readonly #launches: Launches;
	readonly #standstill: Standstill;

	constructor(options: SupervisorOptions) {
		const { clock, hub, capabilities, numbers, restart, placement } = options;
		const whyStill = options.standstill ?? (() => undefined);
		this.#options = options;
		const vms = new VmTable({
			numbers,
			restart,
			placement,
			moved: (vm, transition) => {
				if (transition.from === 'stopping' && vms.of(vm.id)?.vacantIn === undefined) hub.detach(vm.id);
				options.on?.transition?.(vm, transition);
			},
		});
		const cells = new CellTable({
			clock,
			host: options.cells,
			hub,
			watchMs: options.watchMs ?? 100,
			turnMsOf: (vm) => watchdogMs(vms.of(vm)?.plan.component.manifest.budget.turnMs ?? 0),
			accept: (cell, report) => this.#reports.accept(cell, report),
			lost: (cell, culprit, why) => this.#cellLost(cell, culprit, why),
		});
		this.#vms = vms;
		this.#cells = cells;
		this.#migration = new Migration(cells, hub);
		this.#reports = new CellReports({
			clock,
			hub,
			on: options.on ?? {},
			vmOf: (id) => vms.of(id),
			viewOf: (vm) => vms.view(vm),
			moves: this.#reportedMoves(),
		});
		this.#launches = new Launches({
			vms,
			cells,
			hub,
			capabilities,
			context: {
				send: (vm, event) => {
					const isThere = isUp(vm.state) || vm.state === 'suspended';
					if (isThere) cells.of(vms.cellOf(vm))?.send({ tag: 'event', vm: vm.id, event });
				},
				say: (vm, line) => options.on?.log?.(vms.view(vm), line),
				exceeded: (vm, budget, detail) => this.#reports.overran(vm, budget, detail),
			},
			spec: options,
			numbers,
			whyStill,
			failed: (vm, reason) => this.#failed(vm, reason),
		});
		this.#standstill = new Standstill({ vms, cells, launches: this.#launches, whyStill });
	}

	/** Starts a VM; one that is parked or stopped under this name starts anew and keeps its number. */
	start(plan: VmPlan): VmId {
		const vacantIn = this.#vms.find(plan.name)?.vacantIn;
		const vm = this.#vms.take(plan);
		vm.plan = plan;
		vm.policy.reset();
		const here = this.#vms.cellOf(vm);
		if (vacantIn !== undefined && vacantIn !== here) this.#giveUp(vm, vacantIn);
		this.#launches.launch(vm, 'start', vm.state === 'installed' ? 'installed' : 'started again');
		// Nobody stands still for who may not come for days.
		if (vacantIn === here && vm.state === 'suspended')
			this.#cells.of(here)?.send({ tag: 'suspend', vm: vm.id });
		return vm.id;
	}

	/** Has a VM be there and stopped, running before or not: `start` is what it waits for. */
	rest(plan: VmPlan, reason: string): Promise<void> {
		const vacantIn = this.#vms.find(plan.name)?.vacantIn;
		const vm = this.#vms.take(plan);
		if (vacantIn !== undefined) this.#giveUp(vm, vacantIn);
		return this.stop(plan.name, reason);
	}

	/** Resolves when the VM is stopped; stopping what is not there is no error. */
	async stop(name: string, reason = 'asked for'): Promise<void> {
		const vm = this.#vms.find(name);
		if (vm?.vacantIn !== undefined) this.#giveUp(vm, vm.vacantIn);
		if (vm !== undefined && vm.state !== 'stopped') await this.#end(vm, reason);
	}

	/**
	 * As `stop`, where another version is to come: what waits for it, and what is said to it meanwhile, waits for
	 * what is started next under its name, if that comes into the same cell.
	 */
	async vacate(name: string): Promise<void> {
		const vm = this.#vms.find(name);
		if (vm === undefined) return;
		if (vm.state === 'stopped') return this.#vms.forget(vm);
		vm.vacantIn = this.#vms.cellOf(vm);
		await this.#end(vm, 'another version takes its place');
	}

	async #end(vm: Supervised, reason: string): Promise<void> {
		const stopped = this.#vms.stopped(vm);
		vm.retry?.cancel();
		this.#vms.move(vm, 'stop', reason);
		this.#launches.end(vm);
		const cell = this.#cells.of(this.#vms.cellOf(vm));
		cell?.send({ tag: 'stop', vm: vm.id, forNext: vm.vacantIn !== undefined });
		// One that ends its turn first has to be heard until then.
		const endsTurn = vm.state === 'stopping' && vm.plan.component.manifest.durability.mode === 'snapshot';
		if (vm.vacantIn === undefined && !endsTurn) this.#options.hub.detach(vm.id);
		// Without its cell there is nobody to say so.
		if (cell === undefined) this.#vms.move(vm, 'stopped', reason);
		await stopped;
	}

	/** Stops the VM and forgets it. */
	async remove(name: string): Promise<void> {
		await this.stop(name, 'removed');
		const vm = this.#vms.find(name);
		if (vm !== undefined) this.#vms.forget(vm);
	}

	/** @param recorded how its turns are recorded from now on; @throws VmError `vm-gone`, `not-recordable` */
	async restart(name: string, recorded?: RecordedStart): Promise<void> {
		const vm = this.#vms.find(name);
		if (vm === undefined) throw new VmError('vm-gone', `there is no VM "${name}"`);
		const { plan } = vm;
		if (recorded !== undefined && plan.component.foreign !== undefined)
			throw new VmError('not-recordable', `${name} is linked by glue: its turns cannot be replayed`);
		await this.stop(name, 'restart asked for');
		vm.recorded = recorded;
		this.start(plan);
	}

	/**
	 * Moves a running VM to another cell of its domain, which is made if it is not there. It goes on where it
	 * was, with all that waits for it; only requests that are under way end with `refused`. A turn is waited for.
	 * There it stays until it is removed, however often it is restarted.
	 *
	 * @throws VmError `vm-gone`, `denied` for what is no cell of its domain, `not-movable`
	 */
	move(name: string, cell: string): Promise<void> {
		return this.#migration.move(() => this.#migrationOf(name, cell));
	}

	/** Topics, or the ways of messages, have changed: VMs that are in their cells have them from now on. */
	regrant(): void {
		// Without a container VM a manifest's own topics are all there is.
		if (this.#options.carriage === undefined) return;
		for (const vm of this.#vms.all())
			this.#options.hub.regrant(vm.id, topicsOf(vm.plan.component.manifest, this.#options));
	}

	/** Suspends VMs that may not run any more, and has those go on that may again. */
	reconsider(): void {
		for (const vm of this.#vms.all()) this.#standstill.reconsider(vm);
	}

	/** Ends the recording of a VM, which goes on. */
	stopRecording(id: VmId, why: string): void {
		const vm = this.#vms.of(id);
		if (vm === undefined) return;
		this.#cells.of(this.#vms.cellOf(vm))?.send({ tag: 'stop-recording', vm: id, why });
	}

	views(): VmView[] {
		return [...this.#vms.all()].map((vm) => this.#vms.view(vm));
	}

	view(name: string): VmView | undefined {
		const vm = this.#vms.find(name);
		return vm === undefined ? undefined : this.#vms.view(vm);
	}

	/** Resolves when the VM has finished starting, well or badly: look at its state. @throws VmError `vm-gone` */
	settled(name: string): Promise<VmView> {
		const vm = this.#vms.find(name);
		if (vm === undefined) return Promise.reject(new VmError('vm-gone', `there is no VM "${name}"`));
		return this.#vms.settled(vm);
	}

	/** Brings the counts in `views` up to date. */
	async count(): Promise<void> {
		await this.#cells.count();
	}

	/** The cells of this box, with how often each had to be replaced. */
	cells(): CellView[] {
		return this.#cells.views();
	}

	/** The name of the cell that VMs of this component run in, whether it is there yet or not. */
	cellOf(component: Pick<PreparedComponent, 'manifest' | 'foreign'>): string {
		return cellFor(component, this.#options.placement);
	}

	/** What is kept of a VM is forgotten, but for that of one module: by default the one it runs now, if it is there. */
	forgetKept(name: string, butFor?: string): void {
		const digest = butFor ?? this.#vms.find(name)?.plan.component.digest;
		this.#cells.tellAll({ tag: 'forget', name, ...(digest !== undefined && { butFor: digest }) });
	}

	async close(): Promise<void> {
		for (const vm of this.#vms.all()) {
			vm.retry?.cancel();
			this.#launches.end(vm);
		}
		await this.#cells.close();
	}

	/** Nobody comes to the place that was kept there. */
	#giveUp(vm: Supervised, vacantIn: string): void {
		vm.vacantIn = undefined;
		this.#cells.of(vacantIn)?.send({ tag: 'stop', vm: vm.id });
		this.#options.hub.detach(vm.id);
	}

	/** Undefined where it is in that cell. */
	#migrationOf(name: string, cell: string): MigrationOptions | undefined {
		const vm = this.#vms.find(name);
		const here = vm && this.#vms.cellOf(vm);
		const from = here === undefined ? undefined : this.#cells.of(here);
		if (vm?.linked === undefined || here === undefined || from === undefined || !isUp(vm.state))
			throw new VmError('vm-gone', `${name} is not running`);
		const { manifest, foreign } = vm.plan.component;
		const { domain } = manifest;
		if (!isCellOf(domain, cell))
			throw new VmError(
				'denied',
				`"${cell}" is no cell of the domain "${domain}": those are called ${domain}, or ${domain}-WORD`,
			);
		if (cell === here) return undefined;
		// What cannot succeed makes no cell.
		if (foreign !== undefined || isForForeign(cell))
			throw new VmError(
				'not-movable',
				`${name} cannot be moved: components of other toolchains have a cell apart`,
			);
		if (manifest.durability.mode !== 'none')
			throw new VmError('not-movable', `${name} cannot be moved: what is kept of it belongs to its cell`);
		const { linked } = vm;
		return {
			vm: vm.id,
			name,
			from,
			to: this.#cells.take({ name: cell, domain }),
			specOf: (passage) => ({ ...specOf(vm, linked, this.#options), bucket: passage.stored, passage }),
			left: () => {
				vm.cell = cell;
				this.#options.on?.migrated?.(this.#vms.view(vm), here);
			},
		};
	}

	#reportedMoves(): ReportedMoves {
		const { clock, reclaim } = this.#options;
		return {
			started: (vm, tookUs) => {
				vm.startedAtUs = clock.now();
				vm.startTookUs = tookUs;
				reclaim?.('start');
				this.#vms.move(vm, 'started', 'first turn done');
				this.#standstill.reconsider(vm);
			},
			stopped: (vm) => void this.#vms.move(vm, 'stopped', vm.reason),
			slept: (vm) => {
				vm.plan.component.code?.rest();
				reclaim?.('sleep');
				this.#vms.move(vm, 'sleep', 'nothing to do');
			},
			woke: (vm) => void this.#vms.move(vm, 'wake', 'something to do'),
			resumed: (vm, isAsleep) => this.#standstill.resumed(vm, isAsleep),
			failed: (vm, reason) => this.#failed(vm, reason),
		};
	}

	#failed(vm: Supervised, reason: string): void {
		this.#launches.end(vm);
		if (!this.#vms.move(vm, 'fault', reason) || vm.state === 'stopped') return;
		const verdict = vm.policy.failed(this.#options.clock.now());
		if (verdict.action === 'park') {
			this.#cells.of(this.#vms.cellOf(vm))?.send({ tag: 'stop', vm: vm.id });
			this.#options.hub.detach(vm.id);
			this.#vms.move(vm, 'give-up', `failed too often; last: ${reason}`);
			return;
		}
		vm.retry = this.#options.clock.after(verdict.pauseMs, () => {
			vm.restarts++;
			this.#launches.launch(vm, 'retry', reason);
		});
	}

	/** A cell was stopped by force or broke: the culprit has failed, the others come back at once. */
	#cellLost(cell: SupervisedCell, culprit: VmId | undefined, why: string): void {
		for (const vm of this.#vms.all()) {
			if (this.#vms.cellOf(vm) !== cell.name) continue;
			if (vm.state === 'stopping') {
				this.#vms.move(vm, 'stopped', why);
			} else if (vm.id === culprit) {
				this.#reports.faulted(vm, vm.conduct.unseen(why));
				this.#failed(vm, `over-budget: ${why}`);
			} else if (vm.state === 'suspended') {
				// It is brought back when it may run again.
				this.#launches.end(vm);
			} else if (isUp(vm.state) || vm.state === 'starting') {
				this.#launches.end(vm);
				this.#vms.move(vm, 'fault', `cell-lost: ${why}`);
				vm.restarts++;
				this.#launches.launch(vm, 'retry', `cell-lost: ${why}`);
			}
		}
	}
}
