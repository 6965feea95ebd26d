/**
 * The modules of a box: takes verified bytes in, keeps them, runs their VMs, and lets them go.
 *
 * A module that fails any check leaves no trace. An update whose new version does not start goes
 * back to the version before.
 */

import type { Carriage } from '../bus/carriage.ts';
import { checkTopics } from '../bus/policy.ts';
import type { Capabilities } from '../capability/link-vm.ts';
import type { Clock } from '../clock.ts';
import { manifestOf, needsGlue, type PreparedComponent, prepareComponent } from '../component/prepare.ts';
import type { CodeStore } from '../component/service-code.ts';
import { codeOf } from '../error.ts';
import type { GlueMaker } from '../foreign/glue.ts';
import { isUp } from '../vm/lifecycle.ts';
import type { VmView } from '../vm/supervised.ts';
import type { Supervisor } from '../vm/supervisor.ts';
import { type BoundNetwork, vmNames } from './binding.ts';
import type { BudgetCaps } from './budget.ts';
import type { Delivery } from './delivery.ts';
import type { MadeCodes } from './made-codes.ts';
import type { Manifest } from './manifest.ts';
import { ModuleError } from './module-error.ts';
import { configAfter, configured } from './start-config.ts';
import { inOrderOfNeed, type Startable } from './start-order.ts';
import type { ModuleStore } from './store.ts';
import type { Digest } from './store-digest.ts';
import type { Unit } from './store-index.ts';
import { VmsOfModules } from './vms-of-modules.ts';

const pageBytes = 65_536;

export interface ModulesOptions {
	readonly store: ModuleStore;
	readonly supervisor: Supervisor;
	readonly capabilities: Capabilities;
	readonly clock: Clock;
	/** The networks that VMs can be bound to, in the order of preference. */
	readonly networks: () => readonly BoundNetwork[];
	/** Where a container VM carries messages; without it the platform does. */
	readonly carriage?: Carriage | undefined;
	/** What links components of other toolchains; where there is none, they are refused. */
	readonly glue?: GlueMaker;
	/** Where the code of services is kept while they sleep; without it, it stays in memory. */
	readonly code?: CodeStore;
	/** The code of modules that was made before; without it, each start makes it anew. */
	readonly made?: MadeCodes;
	/** Largest component, in bytes. */
	readonly largest?: number;
	/** The most that any module is granted. */
	readonly caps?: BudgetCaps;
	/** Fails where there is no memory for so many bytes more, and a cell of its own where it needs one. */
	readonly room?: (bytes: number, needsCell: boolean) => Promise<void>;
	/** Removes what a VM has kept, when its module goes for good. */
	readonly forget: (vm: string) => Promise<void>;
	/** Something the operator should know of a module at start-up. */
	readonly warn: (module: string, code: string, message: string) => void;
	/** Runs what makes a module ready at start-up, for who wants to know how long that takes. */
	readonly measure?: <Result>(module: string, work: () => Promise<Result>) => Promise<Result>;
}

export interface ModuleView {
	readonly unit: Unit;
	readonly manifest: Manifest;
	/** Empty when the stored bytes are damaged; else the protobufjs descriptor of its messages. */
	readonly schema: string;
	/** Where its VMs live. */
	readonly cell: string;
	readonly vms: readonly VmView[];
}

interface InstalledUnit extends Startable {
	readonly unit: Unit;
	readonly manifest: Manifest | undefined;
}

export class Modules {
	readonly #options: ModulesOptions;
	readonly #components = new Map<string, PreparedComponent>();
	readonly #vms: VmsOfModules;
	#last: Promise<unknown> = Promise.resolve();

	private constructor(options: ModulesOptions) {
		this.#options = options;
		this.#vms = new VmsOfModules(options);
	}

	/**
	 * Starts what was installed, in the order of need. A module that cannot be read any more is reported and left
	 * out.
	 */
	static async open(options: ModulesOptions): Promise<Modules> {
		const modules = new Modules(options);
		const { store, warn, measure = (_, work) => work() } = options;
		const units: InstalledUnit[] = [];
		for (const unit of store.units()) units.push(await modules.#startable(unit));
		const { carriage } = options;
		await carriage
			?.learn(units.flatMap(({ manifest = [] }) => manifest))
			.catch((error: Error) => warn(carriage.container, codeOf(error), error.message));
		const isContainer = ({ unit }: InstalledUnit): boolean => unit.name === carriage?.container;
		for (const { unit } of inOrderOfNeed(units, isContainer)) {
			try {
				// Read once more: all of them together may be too much for the memory of the box.
				const component = await measure(unit.name, async () =>
					modules.#prepare(await store.get(unit.digest), unit),
				);
				modules.#components.set(unit.name, component);
				if (unit.requestedState !== 'active') await modules.#vms.rest(component);
				// What the others say at once has to find what carries it.
				else if (unit.name === carriage?.container) await modules.#vms.startAll(component);
				else modules.#vms.start(component);
			} catch (error) {
				warn(unit.name, codeOf(error), (error as Error).message);
			}
		}
		await modules.#keepCode();
		// What will not go now is in nobody's way; the next start tries again.
		await options.code?.sweep().catch(() => undefined);
		return modules;
	}

	list(): ModuleView[] {
		return this.#options.store.units().flatMap((unit) => {
			const component = this.#components.get(unit.name);
			return component === undefined ? [] : [this.#view(unit, component)];
		});
	}

	get(name: string): ModuleView | undefined {
		return this.list().find(({ unit }) => unit.name === name);
	}

	/** What is installed under a name, whether it can be read or not. */
	unit(name: string): Unit | undefined {
		return this.#options.store.unit(name);
	}

	/** @throws ComponentError, ManifestError, PolicyError, StoreError, StartConfigError, ModuleError `duplicate-module` */
	install(delivery: Delivery): Promise<ModuleView> {
		return this.#changeWith(
			delivery.bytes,
			() => undefined,
			async (prepared) => {
				const config = delivery.config ?? undefined;
				const component = configured(prepared, config);
				const { name, version } = component.manifest;
				if (this.#options.store.unit(name) !== undefined)
					throw new ModuleError(
						'duplicate-module',
						`${name} is installed already; update it to ${version} instead`,
					);
				delivery.check?.(component.manifest);
				this.#admit(component.manifest);
				await this.#requireRoom(component);
				const unit = await this.#keep(delivery, component, { config });
				await this.#vms.startAll(component);
				return this.#view(unit, component);
			},
		);
	}

	/**
	 * Puts another version in its place: with what the first has kept, and with the configuration that it was given.
	 *
	 * @throws as `install`, and ModuleError `unknown-module`, `name-mismatch`, `start-failed`
	 */
	update(name: string, delivery: Omit<Delivery, 'uuid'>): Promise<ModuleView> {
		const isThere = (): Unit => this.#unit(name);
		return this.#changeWith(delivery.bytes, isThere, async (prepared, before) => {
			const { manifest } = prepared;
			if (manifest.name !== name)
				throw new ModuleError('name-mismatch', `the new version says it is ${manifest.name}, not ${name}`);
			if (manifest.version === before.version)
				throw new ModuleError('duplicate-module', `${name} ${manifest.version} is what is installed`);
			this.#admit(manifest);
			const old = this.#components.get(name);
			const config = configAfter(delivery.config, {
				kept: before.config,
				before: old?.manifest,
				now: manifest,
			});
			const component = configured(prepared, config);
			await this.#requireRoom(component, old);
			const left = await this.#vms.vacateAll(name);
			// Whether it is to run is the operator's to say, whatever the version.
			const isIdle = before.requestedState === 'idle';
			const kept = this.#keep({ ...delivery, uuid: before.uuid }, component, { config, before });
			const unit = await kept.catch(async (error: unknown) => {
				await this.#learn(old?.manifest);
				if (old !== undefined) await this.#vms.takePlace(old, { left, isIdle });
				throw error;
			});
			const views = await this.#vms.takePlace(component, { left, isIdle });
			const failed = views.find(({ state }) => !isUp(state) && state !== 'suspended');
			// What was kept belongs to one version: it goes with it, and is there again when it comes back.
			if (failed === undefined) {
				for (const { name: vm } of this.#vms.plans(component)) this.#options.supervisor.forgetKept(vm);
				await old?.code?.discard();
				return this.#view(unit, component);
			}
			const gone = await this.#vms.vacateAll(name);
			await this.#options.store.record(before);
			if (old !== undefined) {
				await this.#learn(old.manifest);
				this.#components.set(name, old);
				this.#options.supervisor.regrant();
				const back = await this.#vms.takePlace(old, { left: gone, isIdle });
				for (const vm of back) this.#options.supervisor.forgetKept(vm.name);
			} else await this.#vms.stopAll(name);
			throw new ModuleError('start-failed', `${name} ${manifest.version}: ${failed.reason}`);
		});
	}

	/** @throws ModuleError `unknown-module`, StoreError */
	uninstall(name: string, { retainData }: { retainData: boolean }): Promise<void> {
		return this.#change(async () => {
			this.#unit(name);
			const vms = await this.#vms.stopAll(name);
			await this.#options.store.forget(name);
			await this.#components.get(name)?.code?.discard();
			this.#components.delete(name);
			await this.#learn();
			this.#options.supervisor.regrant();
			if (!retainData) for (const vm of vms) await this.#options.forget(vm);
		});
	}

	/** Starts or stops the VMs of a module for good; those that are stopped are there, to be started again. @throws ModuleError `unknown-module`, StoreError */
	setState(name: string, requestedState: Unit['requestedState']): Promise<void> {
		return this.#change(async () => {
			const component = this.#components.get(name);
			await this.#options.store.record({ ...this.#unit(name), requestedState });
			if (component === undefined) return;
			if (requestedState === 'idle') await this.#vms.rest(component);
			else await this.#vms.startAll(component);
		});
	}

	/** The running VM of a module on a network, started if it is not. @throws ModuleError */
	async vmOn(name: string, baseband: string): Promise<VmView> {
		const component = this.#components.get(name);
		if (component === undefined) throw new ModuleError('unknown-module', `no module "${name}" is installed`);
		const vmName = `${name}@${baseband}`;
		const { supervisor } = this.#options;
		const view = supervisor.view(vmName);
		if (view === undefined || view.state === 'stopped' || view.state === 'parked')
			supervisor.start({ name: vmName, component, baseband });
		const settled = await supervisor.settled(vmName);
		if (!isUp(settled.state)) throw new ModuleError('start-failed', `${vmName}: ${settled.reason}`);
		return settled;
	}

	/** How much a module is needed; what cannot be read is not needed yet. */
	async #startable(unit: Unit): Promise<InstalledUnit> {
		const { store, made, capabilities } = this.#options;
		try {
			const bytes = await store.get(unit.digest);
			const isMade = (await made?.knows(unit.digest)) === true;
			const isForeign = !isMade && needsGlue(bytes, capabilities.provided());
			return { unit, manifest: manifestOf(bytes), needsGlue: isForeign };
		} catch {
			return { unit, manifest: undefined, needsGlue: false };
		}
	}

	/** @param digest of the bytes, where the store has just held them against it */
	async #prepare(
		bytes: Uint8Array,
		{ digest, config }: { readonly digest?: Digest; readonly config?: string | undefined } = {},
	): Promise<PreparedComponent> {
		const { capabilities, glue, code, made, largest, caps } = this.#options;
		const component = await prepareComponent(bytes, {
			provided: capabilities.provided(),
			...(digest === undefined ? {} : { digest }),
			...(glue && { glue }),
			...(code && { code }),
			...(made && { made: (digest: Digest) => made.find(digest) }),
			...(largest === undefined ? {} : { largest }),
			...(caps === undefined ? {} : { caps }),
		});
		try {
			return configured(component, config);
		} catch (error) {
			await component.code?.discard();
			throw error;
		}
	}

	/** Whether what the module asks for can be granted beside what is there. */
	#admit(manifest: Manifest): void {
		const others = [...this.#components.values()].map((component) => component.manifest);
		checkTopics(
			manifest,
			others.filter(({ name }) => name !== manifest.name),
		);
		this.#options.carriage?.check(manifest);
		this.#options.capabilities.quotas(manifest);
	}

	/** What carries messages has to know what is said. @param also beside, or in place of, what is there */
	async #learn(also?: Manifest): Promise<void> {
		const there = [...this.#components.values()].map(({ manifest }) => manifest);
		const others = there.filter(({ name }) => name !== also?.name);
		await this.#options.carriage?.learn(also === undefined ? others : [...others, also]);
	}

	/** What takes the place of another needs room for what it may grow beyond that. */
	async #requireRoom(component: PreparedComponent, old?: PreparedComponent): Promise<void> {
		const { supervisor, networks, room } = this.#options;
		const bytesOf = ({ manifest }: PreparedComponent): number =>
			vmNames(manifest, networks()).length * manifest.budget.memoryPages * pageBytes;
		const more = bytesOf(component) - (old === undefined ? 0 : bytesOf(old));
		const cell = supervisor.cellOf(component);
		const isThere = supervisor.cells().some(({ name, isUp }) => name === cell && isUp);
		if (more > 0 || !isThere) await room?.(Math.max(0, more), !isThere);
	}

	async #keep(
		{ bytes, digest, uuid, url }: Delivery,
		component: PreparedComponent,
		{ config, before }: { readonly config: string | undefined; readonly before?: Unit },
	): Promise<Unit> {
		const { store, clock } = this.#options;
		const { name, version } = component.manifest;
		await this.#learn(component.manifest);
		await store.put(bytes, digest);
		const unit: Unit = {
			name,
			version,
			digest,
			uuid,
			url,
			installedAtUs: clock.now(),
			requestedState: before?.requestedState ?? 'active',
			...(config === undefined ? {} : { config }),
			...(before === undefined ? {} : { previous: { version: before.version, digest: before.digest } }),
		};
		await store.record(unit);
		this.#components.set(name, component);
		this.#options.supervisor.regrant();
		return unit;
	}

	/** Has the next start find the code of what is there. */
	async #keepCode(): Promise<void> {
		const { made } = this.#options;
		const components = [...this.#components.values()];
		for (const { digest, manifest, code } of components)
			if (code?.key !== undefined)
				made?.note(digest, { key: code.key, memoryPages: manifest.budget.memoryPages });
		await made?.keepOnly(new Set(components.map(({ digest }) => digest)));
	}

	#unit(name: string): Unit {
		const unit = this.#options.store.unit(name);
		if (unit === undefined) throw new ModuleError('unknown-module', `no module "${name}" is installed`);
		return unit;
	}

	#view(unit: Unit, component: PreparedComponent): ModuleView {
		const { manifest, schema } = component;
		const { supervisor } = this.#options;
		const vms = this.#vms.of(unit.name);
		return { unit, manifest, schema, cell: supervisor.cellOf(component), vms };
	}

	/**
	 * A change by what these bytes hold; where it does not come about, nothing of them stays.
	 *
	 * @param before what has to be found first, and is not worth their preparation otherwise
	 */
	#changeWith<Before, Result>(
		bytes: Uint8Array,
		before: () => Before,
		change: (component: PreparedComponent, before: Before) => Promise<Result>,
	): Promise<Result> {
		return this.#change(async () => {
			const found = before();
			const component = await this.#prepare(bytes);
			try {
				return await change(component, found);
			} catch (error) {
				await component.code?.discard();
				throw error;
			}
		});
	}

	/** One change at a time: an install must not look at a list that another is about to change. */
	#change<Result>(change: () => Promise<Result>): Promise<Result> {
		const result = this.#last.then(change, change).finally(() => this.#keepCode());
		this.#last = result.catch(() => undefined);
		return result;
	}
}
