/** The VMs of each module, one or one for each network that it is made for: started, stopped, or at rest. */
import type { PreparedComponent } from '../component/prepare.ts';
import type { VmPlan, VmView } from '../vm/supervised.ts';
import type { Supervisor } from '../vm/supervisor.ts';
import { type BoundNetwork, vmNames } from './binding.ts';

export interface VmsOfModulesOptions {
	readonly supervisor: Supervisor;
	/** The networks that VMs can be bound to, in the order of preference. */
	readonly networks: () => readonly BoundNetwork[];
}

export class VmsOfModules {
	readonly #supervisor: Supervisor;
	readonly #networks: () => readonly BoundNetwork[];

	constructor({ supervisor, networks }: VmsOfModulesOptions) {
		this.#supervisor = supervisor;
		this.#networks = networks;
	}

	plans(component: PreparedComponent): VmPlan[] {
		const bound = vmNames(component.manifest, this.#networks());
		return bound.map(({ name, baseband }) => ({ name, component, baseband }));
	}

	/** Returns the names of the VMs that start from now on. */
	start(component: PreparedComponent): string[] {
		const plans = this.plans(component);
		for (const plan of plans) this.#supervisor.start(plan);
		return plans.map(({ name }) => name);
	}

	/** Resolves when all have finished starting, well or badly. */
	startAll(component: PreparedComponent): Promise<VmView[]> {
		return Promise.all(this.start(component).map((name) => this.#supervisor.settled(name)));
	}

	/** Returns none: of what does not run, nothing can have failed. */
	async rest(component: PreparedComponent): Promise<VmView[]> {
		await Promise.all(this.plans(component).map((plan) => this.#supervisor.rest(plan, 'set to be idle')));
		return [];
	}

	/** Returns the names of the VMs that the module had. */
	async stopAll(name: string): Promise<string[]> {
		const mine = this.of(name);
		await Promise.all(mine.map((vm) => this.#supervisor.remove(vm.name)));
		return mine.map((vm) => vm.name);
	}

	/** As `stopAll`, where another version is to come, for which what waits is kept: see `takePlace`. */
	async vacateAll(name: string): Promise<string[]> {
		const mine = this.of(name);
		await Promise.all(mine.map((vm) => this.#supervisor.vacate(vm.name)));
		return mine.map((vm) => vm.name);
	}

	/** Starts, or has at rest, what comes where these VMs were. Returns them as `startAll` and `rest`. */
	async takePlace(
		component: PreparedComponent,
		{ left, isIdle }: { readonly left: readonly string[]; readonly isIdle: boolean },
	): Promise<VmView[]> {
		const names = new Set(this.plans(component).map(({ name }) => name));
		for (const name of left) if (!names.has(name)) await this.#supervisor.remove(name);
		return isIdle ? this.rest(component) : this.startAll(component);
	}

	of(name: string): VmView[] {
		return this.#supervisor.views().filter(({ module }) => module === name);
	}
}
