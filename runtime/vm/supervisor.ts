/**
 * Keeps VMs alive, one for one: starts them in the cell of their domain and class, brings them back after
 * a failure, parks those that fail too often, suspends those that may not run for now, and stops by force a
 * turn that fuel does not end.
 */
import type { Hub } from '../bus/hub.ts';
import { type Capabilities, type LinkedVm, linkVm } from '../capability/link-vm.ts';
import type { Clock } from '../clock.ts';
import type { PreparedComponent } from '../component/prepare.ts';
import type { Manifest } from '../module/manifest.ts';
import type { CellHost } from './cell-host.ts';
import type { VmId, VmSpec } from './cell-protocol.ts';
import { CellReports, type ReportEvents, type ReportedMoves } from './cell-reports.ts';
import { CellTable, type CellView, type SupervisedCell } from './cell-table.ts';
import { VmError } from './error.ts';
import { isUp, type Transition, transition, type VmEvent } from './lifecycle.ts';
import { Migration } from './migration.ts';
import { cellName, foreignCellName, type Placement } from './placement.ts';
import type { Reclaim } from './reclaim.ts';
import type { RestartOptions } from './restart-policy.ts';
import {
	installedVm,
	nobody,
	type RecordedStart,
	type Supervised,
	type VmPlan,
	type VmView,
	viewOf,
} from './supervised.ts';
import { type ContextHost, SupervisedContext } from './supervised-context.ts';
import type { VmNumbers } from './vm-numbers.ts';
import { type SpecOptions, specOf } from './vm-spec.ts';

export interface SupervisorEvents extends ReportEvents {
	transition?(vm: VmView, transition: Transition): void;
}

export interface SupervisorOptions extends SpecOptions {
	readonly clock: Clock;
	readonly cells: CellHost;
	readonly hub: Hub;
	readonly capabilities: Capabilities;
	readonly restart?: RestartOptions;
	/** Why no VM of this module may run for now; undefined where it may. Asked at each start and by `reconsider`. */
	readonly standstill?: (manifest: Manifest) => string | undefined;
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
	readonly #cells: CellTable;
	readonly #migration: Migration;
	readonly #reports: CellReports;
	readonly #contextHost: ContextHost;
	readonly #vms = new Map<VmId, Supervised>();
	#lastId = 0;

	constructor(options: SupervisorOptions) {
		this.#options = options;
		this.#cells = new CellTable({
			clock: options.clock,
			host: options.cells,
			hub: options.hub,
			watchMs: options.watchMs ?? 100,
			turnMsOf: (vm) => watchdogMs(this.#vms.get(vm)?.plan.component.manifest.budget.turnMs ?? 0),
			accept: (cell, report) => this.#reports.accept(cell, report),
			lost: (cell, culprit, why) => this.#cellLost(cell, culprit, why),
		});
		this.#migration = new Migration(this.#cells, options.hub);
		this.#reports = new CellReports({
			clock: options.clock,
			hub: options.hub,
			on: options.on ?? {},
			vmOf: (id) => this.#vms.get(id),
			viewOf: (vm) => this.#view(vm),
			moves: this.#reportedMoves(),
		});
		this.#contextHost = {
			send: (vm, event) => {
				const isThere = isUp(vm.state) || vm.state === 'suspended';
				if (isThere) this.#cells.of(this.#cellName(vm))?.send({ tag: 'event', vm: vm.id, event });
			},
			say: (vm, line) => options.on?.log?.(this.#view(vm), line),
			exceeded: (vm, budget, detail) => this.#reports.overran(vm, budget, detail),
		};
	}

	/** Starts a VM; one that is parked or stopped under this name starts anew and keeps its number. */
	start(plan: VmPlan): VmId {
		const existing = this.#find(plan.name);
		const vm = existing ?? this.#add(plan);
		vm.plan = plan;
		vm.policy.reset();
		this.#launch(vm, 'start', existing === undefined ? 'installed' : 'started again');
		return vm.id;
	}

	/** Resolves when the VM is stopped; stopping what is not there is no error. */
	async stop(name: string, reason = 'asked for'): Promise<void> {
		const vm = this.#find(name);
		if (vm === undefined || vm.state === 'stopped') return;
		const stopped = new Promise<void>((resolve) => {
			vm.whenStopped = [...vm.whenStopped, resolve];
		});
		vm.retry?.cancel();
		this.#move(vm, 'stop', reason);
		this.#unlink(vm);
		const cell = this.#cells.of(this.#cellName(vm));
		cell?.send({ tag: 'stop', vm: vm.id });
		this.#options.hub.detach(vm.id);
		// Without its cell there is nobody to say so.
		if (cell === undefined) this.#move(vm, 'stopped', reason);
		if (this.#hasStopped(vm)) this.#settleStopped(vm);
		await stopped;
	}

	/** Stops the VM and forgets it. */
	async remove(name: string): Promise<void> {
		await this.stop(name, 'removed');
		const vm = this.#find(name);
		if (vm !== undefined) this.#vms.delete(vm.id);
	}

	/** @param recorded how its turns are recorded from now on; @throws VmError `vm-gone`, `not-recordable` */
	async restart(name: string, recorded?: RecordedStart): Promise<void> {
		const vm = this.#find(name);
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
	 * was, with all that waits for it; only requests that are under way end with `refused`.
	 *
	 * @throws VmError `vm-gone`, `denied` for a cell of another domain, `not-movable`
	 */
	async move(name: string, cell: string): Promise<void> {
		const vm = this.#find(name);
		const from = vm && this.#cells.of(this.#cellName(vm));
		if (vm?.linked === undefined || from === undefined || !isUp(vm.state))
			throw new VmError('vm-gone', `${name} is not running`);
		const { domain } = vm.plan.component.manifest;
		const to = this.#cells.take({ name: cell, domain });
		if (to.domain !== domain) throw new VmError('denied', `${cell} is not a cell of the domain "${domain}"`);
		if (to === from) return;
		const spec = specOf(vm, vm.linked, this.#options);
		await this.#migration.move({
			vm: vm.id,
			name,
			from,
			to,
			topics: spec.topics,
			specOf: (passage) => ({ ...spec, bucket: passage.stored, passage }),
			left: () => {
				vm.cell = cell;
			},
		});
	}

	/** Suspends VMs that may not run any more, and has those go on that may again. */
	reconsider(): void {
		for (const vm of this.#vms.values()) this.#reconsider(vm);
	}

	/** Ends the recording of a VM, which goes on. */
	stopRecording(id: VmId, why: string): void {
		const vm = this.#vms.get(id);
		if (vm === undefined) return;
		this.#cells.of(this.#cellName(vm))?.send({ tag: 'stop-recording', vm: id, why });
	}

	views(): VmView[] {
		return [...this.#vms.values()].map((vm) => this.#view(vm));
	}

	view(name: string): VmView | undefined {
		const vm = this.#find(name);
		return vm === undefined ? undefined : this.#view(vm);
	}

	/** Resolves when the VM has finished starting, well or badly: look at its state. @throws VmError `vm-gone` */
	settled(name: string): Promise<VmView> {
		const vm = this.#find(name);
		if (vm === undefined) return Promise.reject(new VmError('vm-gone', `there is no VM "${name}"`));
		if (vm.state !== 'starting') return Promise.resolve(this.#view(vm));
		return new Promise((resolve) => {
			vm.whenSettled = [...vm.whenSettled, resolve];
		});
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
	cellOf({ manifest, foreign }: Pick<PreparedComponent, 'manifest' | 'foreign'>): string {
		return foreign === undefined ? cellName(manifest, this.#options.placement) : foreignCellName(manifest);
	}

	/** What is kept of a VM is forgotten, but for that of one module: by default the one it runs now, if it is there. */
	forgetKept(name: string, butFor?: string): void {
		const digest = butFor ?? this.#find(name)?.plan.component.digest;
		this.#cells.tellAll({ tag: 'forget', name, ...(digest !== undefined && { butFor: digest }) });
	}

	async close(): Promise<void> {
		for (const vm of this.#vms.values()) {
			vm.retry?.cancel();
			vm.launches++;
			this.#unlink(vm);
		}
		await this.#cells.close();
	}

	#add(plan: VmPlan): Supervised {
		const { numbers, restart } = this.#options;
		const vm = installedVm(numbers?.of(plan.name) ?? ++this.#lastId, plan, restart);
		this.#vms.set(vm.id, vm);
		return vm;
	}

	/** Links the VM's capabilities, then has its cell start it. */
	#launch(vm: Supervised, event: VmEvent, reason: string): void {
		// In its cell it goes on by itself.
		if (vm.state === 'suspended' && vm.linked !== undefined) return;
		const why = this.#standstillOf(vm);
		if (why !== undefined) return void this.#move(vm, 'suspend', why);
		if (!this.#move(vm, event, reason)) return;
		const launch = ++vm.launches;
		const isOvertaken = (): boolean => vm.state !== 'starting' || vm.launches !== launch;
		// One after the other: closing what an overtaken attempt has linked must not close what came after it.
		const linking = (vm.linking ?? Promise.resolve())
			.then(async () => {
				await this.#options.numbers?.settled();
				if (isOvertaken()) return;
				const context = new SupervisedContext(this.#contextHost, vm);
				const { linked, bucket } = await linkVm(this.#options.capabilities, context);
				if (isOvertaken()) linked.close();
				else this.#enter(vm, linked, bucket);
			})
			.catch((error: Error) => {
				if (!isOvertaken()) this.#failed(vm, `its capabilities could not be linked: ${error.message}`);
			})
			.finally(() => {
				if (vm.linking === linking) vm.linking = undefined;
			});
		vm.linking = linking;
	}

	/** Has the cell start a VM whose capabilities are linked. @param bucket what it has stored: its cell's from now on */
	#enter(vm: Supervised, linked: LinkedVm, bucket: VmSpec['bucket']): void {
		vm.linked = linked;
		vm.standsStill = false;
		const { domain } = vm.plan.component.manifest;
		const cell = this.#cells.take({ name: this.#cellName(vm), domain });
		const spec = { ...specOf(vm, linked, this.#options), bucket };
		vm.recorded?.begins(vm.id, spec);
		vm.recorded = undefined;
		this.#options.hub.attach(vm.id, { cell, topics: spec.topics });
		cell.send({ tag: 'start', vm: vm.id, spec });
	}

	#reportedMoves(): ReportedMoves {
		const { clock, reclaim } = this.#options;
		return {
			started: (vm, tookUs) => {
				vm.startedAtUs = clock.now();
				vm.startTookUs = tookUs;
				reclaim?.('start');
				this.#move(vm, 'started', 'first turn done');
				this.#reconsider(vm);
			},
			stopped: (vm) => {
				this.#move(vm, 'stopped', vm.reason);
				if (vm.state === 'stopped') this.#settleStopped(vm);
			},
			slept: (vm) => {
				vm.plan.component.code?.rest();
				reclaim?.('sleep');
				this.#move(vm, 'sleep', 'nothing to do');
			},
			woke: (vm) => void this.#move(vm, 'wake', 'something to do'),
			resumed: (vm, isAsleep) => {
				// It may have been suspended once more since.
				if (vm.standsStill || !this.#move(vm, 'resume', 'may run again')) return;
				if (isAsleep) this.#move(vm, 'sleep', 'nothing to do');
			},
			failed: (vm, reason) => this.#failed(vm, reason),
		};
	}

	#failed(vm: Supervised, reason: string): void {
		this.#unlink(vm);
		if (!this.#move(vm, 'fault', reason)) return;
		if (vm.state === 'stopped') return this.#settleStopped(vm);
		const verdict = vm.policy.failed(this.#options.clock.now());
		if (verdict.action === 'park') {
			this.#cells.of(this.#cellName(vm))?.send({ tag: 'stop', vm: vm.id });
			this.#options.hub.detach(vm.id);
			this.#move(vm, 'give-up', `failed too often; last: ${reason}`);
			return;
		}
		vm.retry = this.#options.clock.after(verdict.pauseMs, () => {
			vm.restarts++;
			this.#launch(vm, 'retry', reason);
		});
	}

	#standstillOf({ plan }: Supervised): string | undefined {
		return this.#options.standstill?.(plan.component.manifest);
	}

	#reconsider(vm: Supervised): void {
		const why = this.#standstillOf(vm);
		if (why === undefined) {
			if (vm.state !== 'suspended') return;
			if (vm.linked === undefined) this.#launch(vm, 'start', 'may run again');
			else this.#holdStill(vm, false);
			return;
		}
		if (vm.state === 'suspended') vm.reason = why;
		else if (!isUp(vm.state) && vm.state !== 'backing-off') return;
		vm.retry?.cancel();
		this.#move(vm, 'suspend', why);
		this.#holdStill(vm, true);
	}

	#holdStill(vm: Supervised, standsStill: boolean): void {
		if (vm.linked === undefined || vm.standsStill === standsStill) return;
		vm.standsStill = standsStill;
		const tag = standsStill ? 'suspend' : 'resume';
		this.#cells.of(this.#cellName(vm))?.send({ tag, vm: vm.id });
	}

	/** A cell was stopped by force or broke: the culprit has failed, the others come back at once. */
	#cellLost(cell: SupervisedCell, culprit: VmId | undefined, why: string): void {
		for (const vm of this.#vms.values()) {
			if (this.#cellName(vm) !== cell.name) continue;
			if (vm.state === 'stopping') {
				this.#move(vm, 'stopped', why);
				this.#settleStopped(vm);
			} else if (vm.id === culprit) {
				this.#reports.faulted(vm, vm.conduct.unseen(why));
				this.#failed(vm, `over-budget: ${why}`);
			} else if (vm.state === 'suspended') {
				// It is brought back when it may run again.
				this.#unlink(vm);
			} else if (isUp(vm.state) || vm.state === 'starting') {
				this.#unlink(vm);
				this.#move(vm, 'fault', `cell-lost: ${why}`);
				vm.restarts++;
				this.#launch(vm, 'retry', `cell-lost: ${why}`);
			}
		}
	}

	#move(vm: Supervised, event: VmEvent, reason: string): boolean {
		const moved = transition(vm.state, event, reason);
		if (moved === undefined) return false;
		vm.state = moved.to;
		vm.reason = reason;
		const view = this.#view(vm);
		this.#options.on?.transition?.(view, moved);
		if (moved.to === 'starting') return true;
		const { whenSettled } = vm;
		vm.whenSettled = nobody;
		for (const resolve of whenSettled) resolve(view);
		return true;
	}

	#hasStopped({ state }: Supervised): boolean {
		return state === 'stopped';
	}

	#settleStopped(vm: Supervised): void {
		const { whenStopped } = vm;
		vm.whenStopped = nobody;
		for (const resolve of whenStopped) resolve();
	}

	#unlink(vm: Supervised): void {
		vm.linked?.close();
		vm.linked = undefined;
	}

	#find(name: string): Supervised | undefined {
		return this.#vms.values().find(({ plan }) => plan.name === name);
	}

	#cellName({ plan, cell }: Supervised): string {
		return cell ?? this.cellOf(plan.component);
	}

	#view(vm: Supervised): VmView {
		return viewOf(vm, this.#cellName(vm));
	}
}
