/** The VMs of a box, by number and by name: which there are, in what state each is, and who waits for that. */
import type { VmId } from './cell-protocol.ts';
import { type Transition, transition, type VmEvent } from './lifecycle.ts';
import { cellFor, type Placement } from './placement.ts';
import type { RestartOptions } from './restart-policy.ts';
import { installedVm, nobody, type Supervised, type VmPlan, type VmView, viewOf } from './supervised.ts';
import type { VmNumbers } from './vm-numbers.ts';

export interface VmTableOptions {
	/** Numbers that outlive the restart of the box; undefined to count from 1. */
	readonly numbers: VmNumbers | undefined;
	readonly restart: RestartOptions | undefined;
	readonly placement: Placement | undefined;
	readonly moved: (vm: VmView, transition: Transition) => void;
}

export class VmTable {
	readonly #options: VmTableOptions;
	readonly #vms = new Map<VmId, Supervised>();
	#lastId = 0;

	constructor(options: VmTableOptions) {
		this.#options = options;
	}

	of(id: VmId): Supervised | undefined {
		return this.#vms.get(id);
	}

	find(name: string): Supervised | undefined {
		return this.#vms.values().find(({ plan }) => plan.name === name);
	}

	all(): Iterable<Supervised> {
		return this.#vms.values();
	}

	/** The one of this name, made where there is none; a new one with its number where it has left its place to another version. */
	take(plan: VmPlan): Supervised {
		const there = this.find(plan.name);
		return there === undefined || there.vacantIn !== undefined ? this.#add(plan, there?.id) : there;
	}

	#add(plan: VmPlan, id: VmId | undefined): Supervised {
		const { numbers, restart } = this.#options;
		const vm = installedVm(id ?? numbers?.of(plan.name) ?? ++this.#lastId, plan, restart);
		this.#vms.set(vm.id, vm);
		return vm;
	}

	forget({ id }: Supervised): void {
		this.#vms.delete(id);
	}

	/** The name of the cell that it runs in, whether that is there or not. */
	cellOf({ plan, cell }: Supervised): string {
		return cell ?? cellFor(plan.component, this.#options.placement);
	}

	view(vm: Supervised): VmView {
		return viewOf(vm, this.cellOf(vm));
	}

	/** False where the event means nothing in the state that it is in. */
	move(vm: Supervised, event: VmEvent, reason: string): boolean {
		const moved = transition(vm.state, event, reason);
		if (moved === undefined) return false;
		vm.state = moved.to;
		vm.reason = reason;
		const view = this.view(vm);
		this.#options.moved(view, moved);
		if (moved.to === 'starting') return true;
		const { whenSettled } = vm;
		vm.whenSettled = nobody;
		for (const resolve of whenSettled) resolve(view);
		if (moved.to !== 'stopped') return true;
		const { whenStopped } = vm;
		vm.whenStopped = nobody;
		for (const resolve of whenStopped) resolve();
		return true;
	}

	/** Resolves when it has finished starting, well or badly; at once where it is not starting. */
	settled(vm: Supervised): Promise<VmView> {
		if (vm.state !== 'starting') return Promise.resolve(this.view(vm));
		return new Promise((resolve) => {
			vm.whenSettled = [...vm.whenSettled, resolve];
		});
	}

	/** Resolves when it is stopped the next time. */
	stopped(vm: Supervised): Promise<void> {
		return new Promise((resolve) => {
			vm.whenStopped = [...vm.whenStopped, resolve];
		});
	}
}
