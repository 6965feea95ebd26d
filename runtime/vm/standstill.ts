/**
 * Suspends VMs that may not run for now, and has them go on when they may again.
 *
 * One that is linked stands still in its cell, as it is; one that is not is launched once it may run.
 */
import type { Manifest } from '../module/manifest.ts';
import type { CellTable } from './cell-table.ts';
import type { Launches } from './launches.ts';
import { isUp } from './lifecycle.ts';
import type { Supervised } from './supervised.ts';
import type { VmTable } from './vm-table.ts';

/** Why no VM of this module may run for now; undefined where it may. */
export type WhyStill = (manifest: Manifest) => string | undefined;

export interface StandstillOptions {
	readonly vms: VmTable;
	readonly cells: CellTable;
	readonly launches: Launches;
	readonly whyStill: WhyStill;
}

export class Standstill {
	readonly #options: StandstillOptions;

	constructor(options: StandstillOptions) {
		this.#options = options;
	}

	/** Asks anew whether the VM may run. */
	reconsider(vm: Supervised): void {
		const { vms, launches, whyStill } = this.#options;
		const why = whyStill(vm.plan.component.manifest);
		if (why === undefined) {
			if (vm.state !== 'suspended') return;
			if (vm.linked === undefined) launches.launch(vm, 'start', 'may run again');
			else this.#hold(vm, false);
			return;
		}
		if (vm.state === 'suspended') vm.reason = why;
		else if (!isUp(vm.state) && vm.state !== 'backing-off') return;
		vm.retry?.cancel();
		vms.move(vm, 'suspend', why);
		this.#hold(vm, true);
	}

	/** Its cell says that it goes on. */
	resumed(vm: Supervised, isAsleep: boolean): void {
		const { vms } = this.#options;
		// It may have been suspended once more since.
		if (vm.standsStill || !vms.move(vm, 'resume', 'may run again')) return;
		if (isAsleep) vms.move(vm, 'sleep', 'nothing to do');
	}

	#hold(vm: Supervised, standsStill: boolean): void {
		if (vm.linked === undefined || vm.standsStill === standsStill) return;
		const { vms, cells } = this.#options;
		vm.standsStill = standsStill;
		const tag = standsStill ? 'suspend' : 'resume';
		cells.of(vms.cellOf(vm))?.send({ tag, vm: vm.id });
	}
}
