/** A VM as its capabilities see it, for one start of it. */
import type { VmContext } from '../capability/capability.ts';
import type { Manifest } from '../module/manifest.ts';
import type { BudgetName } from './budget-name.ts';
import type { BoxEvent, LogLine, VmId } from './cell-protocol.ts';
import type { Supervised, VmPlan } from './supervised.ts';

/** What all VMs of a supervisor have in common. */
export interface ContextHost {
	send(vm: Supervised, event: BoxEvent): void;
	say(vm: Supervised, line: LogLine): void;
	exceeded(vm: Supervised, budget: BudgetName, detail: string): void;
}

export class SupervisedContext implements VmContext {
	readonly #host: ContextHost;
	readonly #vm: Supervised;
	readonly #plan: VmPlan;

	constructor(host: ContextHost, vm: Supervised) {
		this.#host = host;
		this.#vm = vm;
		this.#plan = vm.plan;
	}

	get id(): VmId {
		return this.#vm.id;
	}

	get name(): string {
		return this.#plan.name;
	}

	get manifest(): Manifest {
		return this.#plan.component.manifest;
	}

	get baseband(): string {
		return this.#plan.baseband;
	}

	send(event: BoxEvent): void {
		this.#host.send(this.#vm, event);
	}

	say(line: LogLine): void {
		this.#host.say(this.#vm, line);
	}

	exceeded(budget: BudgetName, detail: string): void {
		this.#host.exceeded(this.#vm, budget, detail);
	}
}
