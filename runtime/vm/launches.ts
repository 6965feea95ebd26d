/**
 * Starts VMs: links the capabilities of each, then has its cell start it.
 *
 * Linking takes a while. What has been overtaken meanwhile, by a stop or another launch, leaves nothing behind.
 */
import type { Hub } from '../bus/hub.ts';
import { type Capabilities, type LinkedVm, linkVm } from '../capability/link-vm.ts';
import type { VmSpec } from './cell-protocol.ts';
import type { CellTable } from './cell-table.ts';
import type { VmEvent } from './lifecycle.ts';
import type { WhyStill } from './standstill.ts';
import type { Supervised } from './supervised.ts';
import { type ContextHost, SupervisedContext } from './supervised-context.ts';
import type { VmNumbers } from './vm-numbers.ts';
import { type SpecOptions, specOf } from './vm-spec.ts';
import type { VmTable } from './vm-table.ts';

export interface LaunchesOptions {
	readonly vms: VmTable;
	readonly cells: CellTable;
	readonly hub: Hub;
	readonly capabilities: Capabilities;
	/** What capabilities reach a VM through. */
	readonly context: ContextHost;
	readonly spec: SpecOptions;
	/** No VM starts before its number is kept. */
	readonly numbers: VmNumbers | undefined;
	readonly whyStill: WhyStill;
	/** Its capabilities could not be linked. */
	readonly failed: (vm: Supervised, reason: string) => void;
}

export class Launches {
	readonly #options: LaunchesOptions;

	constructor(options: LaunchesOptions) {
		this.#options = options;
	}

	/** One that may not run for now is suspended instead. */
	launch(vm: Supervised, event: VmEvent, reason: string): void {
		const { vms, whyStill } = this.#options;
		// In its cell it goes on by itself.
		if (vm.state === 'suspended' && vm.linked !== undefined) return;
		const why = whyStill(vm.plan.component.manifest);
		if (why !== undefined) return void vms.move(vm, 'suspend', why);
		if (!vms.move(vm, event, reason)) return;
		const launch = ++vm.launches;
		const isOvertaken = (): boolean => vm.state !== 'starting' || vm.launches !== launch;
		// One after the other: closing what an overtaken attempt has linked must not close what came after it.
		const linking = (vm.linking ?? Promise.resolve())
			.then(() => this.#link(vm, isOvertaken))
			.catch((error: Error) => {
				if (isOvertaken()) return;
				this.#options.failed(vm, `its capabilities could not be linked: ${error.message}`);
			})
			.finally(() => {
				if (vm.linking === linking) vm.linking = undefined;
			});
		vm.linking = linking;
	}

	/** Closes the capabilities of a VM; an attempt to launch it that is under way comes to nothing. */
	end(vm: Supervised): void {
		vm.launches++;
		vm.linked?.close();
		vm.linked = undefined;
	}

	async #link(vm: Supervised, isOvertaken: () => boolean): Promise<void> {
		const { numbers, context, capabilities } = this.#options;
		await numbers?.settled();
		if (isOvertaken()) return;
		const { linked, bucket } = await linkVm(capabilities, new SupervisedContext(context, vm));
		if (isOvertaken()) linked.close();
		else this.#enter(vm, linked, bucket);
	}

	/** Has the cell start a VM whose capabilities are linked. @param bucket what it has stored: its cell's from now on */
	#enter(vm: Supervised, linked: LinkedVm, bucket: VmSpec['bucket']): void {
		const { vms, cells, hub } = this.#options;
		vm.linked = linked;
		vm.standsStill = false;
		const { domain } = vm.plan.component.manifest;
		const cell = cells.take({ name: vms.cellOf(vm), domain });
		const spec = { ...specOf(vm, linked, this.#options.spec), bucket };
		vm.recorded?.begins(vm.id, spec);
		vm.recorded = undefined;
		hub.attach(vm.id, { cell, topics: spec.topics });
		cell.send({ tag: 'start', vm: vm.id, spec });
	}
}
