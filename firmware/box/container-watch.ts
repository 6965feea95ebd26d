/** Tells the operator when the messages of services reach nobody, as what is to carry them does not run, and when they do again. */
import type { Carriage } from '../../runtime/bus/carriage.ts';
import type { VmState } from '../../runtime/vm/lifecycle.ts';
import type { VmView } from '../../runtime/vm/supervised.ts';

export interface ContainerWatchOptions {
	readonly carriage: Carriage;
	/** Its VM; undefined where there is none. */
	readonly vm: () => Pick<VmView, 'state' | 'reason'> | undefined;
	readonly tell: (level: 'info' | 'warn', text: string) => void;
}

/** Nobody is there to be told anything. In the other states what is said waits. */
const absent: readonly VmState[] = ['installed', 'parked', 'stopped'];

export class ContainerWatch {
	readonly #options: ContainerWatchOptions;
	#told = '';

	constructor(options: ContainerWatchOptions) {
		this.#options = options;
	}

	/** Looks anew: to be called when its VM, or what is installed, has changed. */
	look(): void {
		const { carriage, tell } = this.#options;
		const trouble = this.#trouble();
		if (trouble === this.#told) return;
		this.#told = trouble;
		if (trouble === '') tell('info', `${carriage.container} carries the messages of services`);
		else tell('warn', trouble);
	}

	/** Empty where all is well. */
	#trouble(): string {
		const { carriage, vm: vmOf } = this.#options;
		const { container, obstacle } = carriage;
		const vm = vmOf();
		const isAbsent = vm === undefined || absent.includes(vm.state);
		const why = obstacle ?? (isAbsent ? `is ${vm?.state ?? 'not there'}${reasonOf(vm)}` : undefined);
		if (why !== undefined)
			return `${container}, which is to carry the messages of services, ${why}: they reach nobody`;
		const lost = carriage.uncarried();
		return lost.length === 0
			? ''
			: `${container}, which is to carry the messages of services, may not or cannot carry ${lost.join(', ')}: what is said there reaches nobody`;
	}
}

function reasonOf(vm: Pick<VmView, 'reason'> | undefined): string {
	return vm === undefined ? '' : ` (${vm.reason})`;
}
