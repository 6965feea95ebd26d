/** The double of `ModuleManager` and `VmView`: modules that are nothing but their names. */
import type { Clock } from '../../runtime/clock.ts';
import { CodedError } from '../../runtime/error.ts';
import type {
	EnvironmentStatus,
	InstalledModule,
	ModuleManager,
	ModuleStatus,
	VmStatus,
	VmView,
} from './ports.ts';

/** What an operation waits for before it takes effect: resolve it to go on, reject it to fail. */
export type Gate = (operation: { name: string; signal: AbortSignal }) => Promise<void>;

export class SimulatedModules implements ModuleManager {
	readonly #clock: Clock;
	readonly #modules = new Map<string, ModuleStatus>();
	readonly #vms = new Map<string, VmStatus>();
	readonly #cells = new Set(['open']);
	/** Default: operations take effect at once. */
	gate: Gate = () => Promise.resolve();
	/** Every call that reached the port, as `install tuf:modules/clock-1.0.0.wasm`. */
	readonly calls: string[] = [];

	constructor({ clock }: { clock: Clock }) {
		this.#clock = clock;
	}

	/** The VMs of these modules: one each. */
	readonly vms: VmView = { list: () => [...this.#vms.values()], count: async () => undefined };

	list(): readonly ModuleStatus[] {
		return [...this.#modules.values()];
	}

	environments(): readonly EnvironmentStatus[] {
		const cell = { status: 'up', type: 'X_MULLION_WasmComponent', version: '0.1.0', restarts: 0 } as const;
		return [...this.#cells].map((id) => ({ id, ...cell }));
	}

	/** Takes `tuf:modules/<name>-<version>.wasm`. */
	async install(request: {
		url: string;
		uuid: string;
		version: string;
		signal: AbortSignal;
	}): Promise<InstalledModule> {
		const { url, uuid, signal } = request;
		this.calls.push(`install ${url}`);
		const { id, version } = nameIn(url);
		await this.gate({ name: 'install', signal });
		if (this.#modules.has(id)) throw new CodedError('duplicate-module', `${id} is installed already`);
		const now = this.#clock.now();
		const module: ModuleStatus = {
			id,
			uuid: uuid || `uuid-of-${id}`,
			vendor: 'mullion',
			version,
			description: '',
			url,
			status: 'installed',
			environment: 'open',
			installedAt: now,
			updatedAt: now,
		};
		this.#modules.set(id, module);
		this.#vms.set(id, vmOf(id, now));
		return module;
	}

	async update(request: {
		id: string;
		url: string;
		version: string;
		signal: AbortSignal;
	}): Promise<InstalledModule> {
		const { id, url, signal } = request;
		this.calls.push(`update ${url}`);
		const { version } = nameIn(url);
		await this.gate({ name: 'update', signal });
		const before = this.#modules.get(id);
		if (before === undefined) throw new CodedError('unknown-module', `${id} is not installed`);
		const module = { ...before, version, url, updatedAt: this.#clock.now() };
		this.#modules.set(id, module);
		return module;
	}

	async uninstall({ id, signal }: { id: string; signal: AbortSignal }): Promise<void> {
		this.calls.push(`uninstall ${id}`);
		await this.gate({ name: 'uninstall', signal });
		this.#modules.delete(id);
		this.#vms.delete(id);
	}

	async setState({ unit, state }: { unit: string; state: 'active' | 'idle' }): Promise<void> {
		this.calls.push(`${state} ${unit}`);
		const vm = this.#vms.get(unit);
		if (vm === undefined) throw new CodedError('unknown-unit', `there is no VM ${unit}`);
		const autoStart = state === 'active';
		this.#vms.set(unit, { ...vm, autoStart, state: autoStart ? 'running' : 'stopped', reason: 'requested' });
	}

	/** Makes the VM look otherwise. */
	change(unit: string, changes: Partial<VmStatus>): void {
		const vm = this.#vms.get(unit);
		if (vm !== undefined) this.#vms.set(unit, { ...vm, ...changes });
	}

	async move(request: { unit: string; environment: string; create: boolean }): Promise<void> {
		const { unit, environment, create } = request;
		this.calls.push(`move ${unit} ${environment}`);
		if (!this.#vms.has(unit)) throw new CodedError('unknown-unit', `there is no VM ${unit}`);
		if (!create && !this.#cells.has(environment))
			throw new CodedError('unknown-environment', `there is no cell "${environment}"`);
		this.#cells.add(environment);
		this.change(unit, { environment });
	}

	async restart({ unit }: { unit: string }): Promise<void> {
		this.calls.push(`restart ${unit}`);
		const vm = this.#vms.get(unit);
		if (vm === undefined) throw new CodedError('unknown-unit', `there is no VM ${unit}`);
		if (!vm.autoStart) throw new CodedError('unit-idle', `${unit} was stopped`);
		this.#vms.set(unit, { ...vm, restarts: vm.restarts + 1, startedAt: this.#clock.now() });
	}
}

function nameIn(url: string): { id: string; version: string } {
	const [, id, version] = /([a-z][a-z0-9-]*)-([0-9]+\.[0-9]+\.[0-9]+)\.wasm$/.exec(url) ?? [];
	if (id === undefined || version === undefined)
		throw new CodedError('not-found', `there is nothing at ${url}`);
	return { id, version };
}

function vmOf(id: string, now: number): VmStatus {
	return {
		id,
		vm: 1,
		module: id,
		environment: 'open',
		state: 'running',
		reason: 'installed',
		autoStart: true,
		baseband: '',
		memoryBytes: 65_536,
		memoryLimitBytes: 4_194_304,
		cpuPercent: 0,
		restarts: 0,
		startedAt: now,
		priority: 'interactive',
		load: {
			countedAt: now,
			inboxLength: 0,
			inboxBytes: 0,
			turns: 1,
			events: 0,
			sent: 0,
			busyUs: 100,
			turnP50Us: 90,
			turnP99Us: 100,
			turnMaxUs: 100,
			dropped: 0,
			setAside: 0,
			late: 0,
			latestUs: 0,
		},
		faults: {},
		overruns: [],
	};
}
