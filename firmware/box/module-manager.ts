/** Modules as the operator manages them: from a name in the signed repository to running VMs. */
import { randomUUID } from 'node:crypto';
import { CodedError } from '../../runtime/error.ts';
import type { Manifest, Range } from '../../runtime/module/manifest.ts';
import type { Modules, ModuleView } from '../../runtime/module/modules.ts';
import type { Supervisor } from '../../runtime/vm/supervisor.ts';
import type {
	EnvironmentStatus,
	InstalledModule,
	ModuleManager as ModuleManagerPort,
	ModuleStatus,
} from '../agent/ports.ts';
import type { Downloads } from '../update/download.ts';
import type { Target } from '../update/target-view.ts';
import type { Trust } from '../update/trust.ts';
import type { Certification } from './certification.ts';
import { deliveryOf, newest, scheme } from './module-targets.ts';

export const moduleManagerErrors = {
	insecure: 'The URL is not of the signed repository; only `tuf:` URLs are installed from.',
	'unknown-target': 'The signed repository has no such module, or none that serves such sessions.',
	'version-mismatch': 'The module in the repository has another version than was asked for.',
	'unknown-environment':
		'There is no such cell on this box; or a module was to be installed into another one than that of its domain and class.',
	'device-mismatch':
		'The repository says of a module that it serves a device, and its own manifest does not say so.',
	'unknown-unit': 'There is no such VM on this box.',
	'unit-idle': 'The operator has stopped the VM: `SetRequestedState()` starts it, and nothing else does.',
} as const;

export class ModuleManagerError extends CodedError<keyof typeof moduleManagerErrors> {
	override readonly name = 'ModuleManagerError';
}

export interface ModuleManagerOptions {
	readonly modules: Modules;
	readonly supervisor: Supervisor;
	readonly trust: Trust;
	readonly downloads: Downloads;
	readonly certification: Certification;
	readonly platformVersion: string;
}

export class ModuleManager implements ModuleManagerPort {
	readonly #options: ModuleManagerOptions;

	constructor(options: ModuleManagerOptions) {
		this.#options = options;
	}

	list(): ModuleStatus[] {
		return this.#options.modules.list().map(({ unit, manifest, cell }) => ({
			id: unit.name,
			uuid: unit.uuid,
			vendor: manifest.vendor,
			version: unit.version,
			digest: unit.digest,
			description: manifest.description,
			url: unit.url ?? '',
			status: 'installed',
			environment: cell,
			installedAt: unit.installedAtUs,
			updatedAt: unit.installedAtUs,
		}));
	}

	environments(): EnvironmentStatus[] {
		const { supervisor, platformVersion } = this.#options;
		return supervisor.cells().map(({ name, restarts, isUp }) => ({
			id: name,
			status: isUp ? 'up' : 'disabled',
			type: 'X_MULLION_WasmComponent',
			version: platformVersion,
			restarts,
		}));
	}

	async install({
		url,
		uuid,
		version,
		environment,
		signal,
	}: Parameters<ModuleManagerPort['install']>[0]): Promise<InstalledModule> {
		const target = await this.#target(url, { version, signal });
		const { modules, downloads } = this.#options;
		const installed = await downloads.fetch({ target, signal }, (bytes) =>
			modules.install({ bytes, ...deliveryOf(target), uuid: uuid || randomUUID(), url }),
		);
		const { cell } = installed;
		if (environment !== '' && environment !== cell) {
			await modules.uninstall(installed.unit.name, { retainData: false });
			throw new ModuleManagerError('unknown-environment', `${installed.unit.name} belongs in ${cell}`);
		}
		return installedModule(installed);
	}

	/** A module that serves sessions of this kind on networks of this range, whatever it is called. */
	async installFor({
		kind,
		range,
		signal,
	}: {
		kind: string;
		range: Range;
		signal: AbortSignal;
	}): Promise<ModuleView> {
		const { trust, modules, downloads, certification } = this.#options;
		await trust.refresh(signal);
		const target = newest(trust.find((custom) => serves(custom, { kind, range })));
		if (target === undefined)
			throw new ModuleManagerError(
				'unknown-target',
				`no module for ${kind} sessions on ${range} networks is signed`,
			);
		await certification.check(target, signal);
		return downloads.fetch({ target, signal }, (bytes) =>
			modules.install({ bytes, ...deliveryOf(target), uuid: randomUUID() }),
		);
	}

	/** The module for a device, `vendor:product`; undefined where the repository has none. @param vendors whose; default anybody's */
	async installForDevice({
		id,
		vendors,
		signal,
	}: {
		id: string;
		vendors?: readonly string[] | undefined;
		signal: AbortSignal;
	}): Promise<ModuleView | undefined> {
		const { trust, modules, downloads, certification } = this.#options;
		await trust.refresh(signal);
		const target = newest(
			trust.find(({ usb, vendor }) => {
				const isFor = Array.isArray(usb) && usb.includes(id);
				return isFor && vendors?.includes(String(vendor)) !== false;
			}),
		);
		if (target === undefined) return undefined;
		await certification.check(target, signal);
		const check = ({ usb }: Manifest): void => {
			if (!usb.includes(id))
				throw new ModuleManagerError('device-mismatch', `the manifest in ${target.path} does not name ${id}`);
		};
		return downloads.fetch({ target, signal }, (bytes) =>
			modules.install({ bytes, ...deliveryOf(target), uuid: randomUUID(), check }),
		);
	}

	async update({
		id,
		url,
		version,
		signal,
	}: Parameters<ModuleManagerPort['update']>[0]): Promise<InstalledModule> {
		const target = await this.#target(url, { version, signal });
		const { modules, downloads } = this.#options;
		const updated = await downloads.fetch({ target, signal }, (bytes) =>
			modules.update(id, { bytes, ...deliveryOf(target), url }),
		);
		return installedModule(updated);
	}

	uninstall({ id, retainData }: Parameters<ModuleManagerPort['uninstall']>[0]): Promise<void> {
		return this.#options.modules.uninstall(id, { retainData });
	}

	async setState({ unit, state }: Parameters<ModuleManagerPort['setState']>[0]): Promise<void> {
		await this.#options.modules.setState(this.#moduleOf(unit), state);
	}

	async restart({ unit }: { unit: string }): Promise<void> {
		requireWanted(this.#options.modules.get(this.#moduleOf(unit)), unit);
		await this.#options.supervisor.restart(unit);
	}

	async move({ unit, environment, create }: Parameters<ModuleManagerPort['move']>[0]): Promise<void> {
		this.#moduleOf(unit);
		const { supervisor } = this.#options;
		const names = supervisor.cells().map(({ name }) => name);
		if (!create && !names.includes(environment))
			throw new ModuleManagerError(
				'unknown-environment',
				`there is no cell "${environment}"; there are ${names.join(', ') || 'none'}`,
			);
		await supervisor.move(unit, environment);
	}

	#moduleOf(unit: string): string {
		const vm = this.#options.supervisor.view(unit);
		if (vm === undefined) throw new ModuleManagerError('unknown-unit', `there is no VM "${unit}"`);
		return vm.module;
	}

	/** What the URL names, if it may be started. */
	async #target(url: string, { version, signal }: { version: string; signal: AbortSignal }): Promise<Target> {
		if (!url.startsWith(scheme))
			throw new ModuleManagerError(
				'insecure',
				`"${url}" is not of the signed repository: it must begin with ${scheme}`,
			);
		const { trust, certification } = this.#options;
		await trust.refresh(signal);
		const target = trust.target(url.slice(scheme.length));
		if (target === undefined)
			throw new ModuleManagerError('unknown-target', `the repository does not sign "${url}"`);
		if (version !== '' && target.custom['version'] !== version)
			throw new ModuleManagerError(
				'version-mismatch',
				`"${url}" is version ${target.custom['version']}, not ${version}`,
			);
		await certification.check(target, signal);
		return target;
	}
}

/** What the operator has stopped is not started by the way. @throws ModuleManagerError `unit-idle` */
export function requireWanted(module: ModuleView | undefined, unit: string): void {
	if (module?.unit.requestedState === 'idle')
		throw new ModuleManagerError('unit-idle', `${unit} was stopped: it has to be asked to be active`);
}

function installedModule({ unit, cell }: ModuleView): InstalledModule {
	return { id: unit.name, uuid: unit.uuid, version: unit.version, environment: cell };
}

/** `custom` is signed, but by people: anything may be missing. */
function serves(custom: Target['custom'], { kind, range }: { kind: string; range: Range }): boolean {
	const session = custom['session'] as { kind?: unknown; ranges?: unknown } | undefined;
	return session?.kind === kind && Array.isArray(session.ranges) && session.ranges.includes(range);
}
