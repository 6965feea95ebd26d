/** Whether the box does what it is there for: its services run, its cells answer, the cloud is there. */
import type { Modules } from '../../runtime/module/modules.ts';
import { isUp } from '../../runtime/vm/lifecycle.ts';
import type { Supervisor } from '../../runtime/vm/supervisor.ts';
import type { Health } from '../slots/health.ts';

export interface BoxHealthOptions {
	readonly supervisor: Pick<Supervisor, 'count'>;
	readonly modules: Pick<Modules, 'list'>;
	readonly isConnected: () => boolean;
}

export class BoxHealth implements Health {
	readonly #options: BoxHealthOptions;

	constructor(options: BoxHealthOptions) {
		this.#options = options;
	}

	/** Problems: `cloud`, and `module-` with the name of a module that should run and does not. */
	async check(): Promise<readonly string[]> {
		const { supervisor, modules, isConnected } = this.#options;
		await supervisor.count();
		const down = modules
			.list()
			.filter(({ unit, vms }) => unit.requestedState === 'active' && !vms.every(({ state }) => isUp(state)));
		return [...(isConnected() ? [] : ['cloud']), ...down.map(({ unit }) => `module-${unit.name}`)];
	}
}
