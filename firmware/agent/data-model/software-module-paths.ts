/** Where a module, VM or cell is in `Device.SoftwareModules.`: its references with instance numbers. */
import type { InstanceNumbers } from '../instance-numbers.ts';
import type { ModuleManager, VmView } from '../ports.ts';

const root = 'Device.SoftwareModules';

export class SoftwareModulePaths {
	readonly #modules: ModuleManager;
	readonly #vms: VmView;
	readonly #numbers: InstanceNumbers;

	constructor({ modules, vms, numbers }: { modules: ModuleManager; vms: VmView; numbers: InstanceNumbers }) {
		this.#modules = modules;
		this.#vms = vms;
		this.#numbers = numbers;
	}

	/** Numbers by module id. */
	modules(): Promise<ReadonlyMap<string, number>> {
		const ids = this.#modules.list().map(({ id }) => id);
		return this.#numbers.assign(`${root}.DeploymentUnit`, ids);
	}

	/** Numbers by VM id. */
	units(): Promise<ReadonlyMap<string, number>> {
		const ids = this.#vms.list().map(({ id }) => id);
		return this.#numbers.assign(`${root}.ExecutionUnit`, ids);
	}

	/** Numbers by cell id. */
	environments(): Promise<ReadonlyMap<string, number>> {
		const ids = this.#modules.environments().map(({ id }) => id);
		return this.#numbers.assign(`${root}.ExecEnv`, ids);
	}

	/** TR-106 path references have no trailing dot; empty where the module is not there. */
	async moduleRef(id: string): Promise<string> {
		return reference('DeploymentUnit', (await this.modules()).get(id));
	}

	async environmentRef(id: string): Promise<string> {
		return reference('ExecEnv', (await this.environments()).get(id));
	}

	/** The VMs of a module, as a comma-separated list. */
	async unitRefs(module: string): Promise<string> {
		const numbers = await this.units();
		return this.#vms
			.list()
			.filter((vm) => vm.module === module)
			.map(({ id }) => reference('ExecutionUnit', numbers.get(id)))
			.join(',');
	}

	/** The cell a reference means: its id, or undefined where there is none. */
	async environmentOf(ref: string): Promise<string | undefined> {
		const bare = ref.endsWith('.') ? ref.slice(0, -1) : ref;
		const numbers = await this.environments();
		return [...numbers].find(([, number]) => reference('ExecEnv', number) === bare)?.[0];
	}
}

function reference(table: string, number: number | undefined): string {
	return number === undefined ? '' : `${root}.${table}.${number}`;
}
