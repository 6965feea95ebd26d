/**
 * The modules that firmware carries, across slots: puts them on the box when it runs for the first time, and has
 * all as it was when the firmware before runs again.
 *
 * It works while no VM runs. What is needed on the way back is written aside first, then what is to be done, then
 * it is done, each step so that it may be done again: a cut leaves the modules of one firmware or the other.
 * What the operator has pushed or removed since stays as he left it.
 */
import type { Clock } from '../../runtime/clock.ts';
import type { MadeCodeSource } from '../../runtime/component/made-code.ts';
import type { Directory } from '../../runtime/directory.ts';
import { codeOf } from '../../runtime/error.ts';
import type { Manifest } from '../../runtime/module/manifest.ts';
import { configAfter } from '../../runtime/module/start-config.ts';
import type { ModuleStore } from '../../runtime/module/store.ts';
import type { Unit } from '../../runtime/module/store-index.ts';
import { type Aside, openAside } from './aside.ts';
import { type Change, type Ledger, readLedger, type Side, turned, writeLedger } from './factory-ledger.ts';
import type { FactoryModule } from './factory-module.ts';
import { planFactory } from './factory-plan.ts';
import { factoryUnit } from './factory-unit.ts';

/** The firmware that runs. */
export interface FactoryFirmware {
	/** Another one for each release: 16 hexadecimal digits or so. */
	readonly id: string;
	readonly modules: readonly FactoryModule[];
	/** The component of one of them. */
	readonly read: (module: FactoryModule) => Promise<Uint8Array>;
	/** The code of those that it was made of with them. */
	readonly made?: MadeCodeSource;
}

/** What VMs have kept under keys. */
export interface Buckets {
	contents(vm: string): Promise<ReadonlyMap<string, Uint8Array>>;
	replace(vm: string, contents: ReadonlyMap<string, Uint8Array>): Promise<void>;
}

export interface FactoryOptions {
	readonly firmware: FactoryFirmware;
	/** A folder of its own on the data partition. */
	readonly directory: Directory;
	readonly store: ModuleStore;
	readonly buckets: Buckets;
	readonly clock: Pick<Clock, 'now'>;
	readonly manifestOf: (component: Uint8Array) => Manifest;
	readonly vmsOf: (manifest: Manifest) => readonly string[];
	/** Told of each module that is changed or cannot be. */
	readonly onNote: (text: string) => void;
}

export class FactoryModules {
	readonly #options: FactoryOptions;
	readonly #aside: Aside;
	#ledger: Ledger | undefined;

	private constructor(options: FactoryOptions, aside: Aside) {
		this.#options = options;
		this.#aside = aside;
	}

	/** Has the box have the modules of the firmware that runs. Where the disk does not take them, the next start tries again. */
	static async settle(options: FactoryOptions): Promise<FactoryModules> {
		const factory = new FactoryModules(options, openAside(options.directory.folder('aside')));
		try {
			await factory.#settle();
		} catch (error) {
			options.onNote(
				`modules of the firmware are not all there: ${codeOf(error)}: ${(error as Error).message}`,
			);
		}
		return factory;
	}

	/** All modules of the firmware are there, or what the operator has put in their place. */
	get isDone(): boolean {
		return this.#ledger?.isDone === true && this.#ledger.firmware === this.#options.firmware.id;
	}

	/**
	 * What runs is good: of each VM that firmware changed, all is forgotten that no firmware on this box will use.
	 * A journalled past holds up the journal of its whole cell, so it is not kept for the way back either.
	 */
	async settled(forget: (vm: string, butFor: string | undefined) => void): Promise<void> {
		const ledger = this.#ledger;
		if (ledger === undefined || !this.isDone || ledger.isSettled) return;
		const journalled = (ledger.other?.changes ?? []).flatMap(({ there }) =>
			there?.durability === 'journal' ? there.vms : [],
		);
		for (const vm of new Set([...ledger.stale, ...journalled])) {
			// A module that is to rest has no VM that could say what it would run.
			const [module = ''] = vm.split('@');
			forget(vm, this.#options.store.unit(module)?.digest);
		}
		await this.#write({ ...ledger, stale: [], isSettled: true });
	}

	async #settle(): Promise<void> {
		const { id } = this.#options.firmware;
		const { store, directory } = this.#options;
		// What was given before tells what the operator has removed since: of a list that is lost nobody knows.
		const ledger = store.problem === undefined ? await readLedger(directory) : undefined;
		this.#ledger = ledger;
		if (ledger?.firmware === id && ledger.isDone) return;
		if (ledger?.firmware !== id) await this.#write(await this.#next(ledger));
		await this.#carryOut();
	}

	async #write(ledger: Ledger): Promise<void> {
		await writeLedger(this.#options.directory, ledger);
		this.#ledger = ledger;
	}

	/** What is to be done, with all set aside that the way back from there needs. */
	async #next(ledger: Ledger | undefined): Promise<Ledger> {
		const { store, firmware, vmsOf } = this.#options;
		if (ledger?.other?.firmware === firmware.id) {
			const isUntouched = ({ name, here }: Change): boolean => isSame(store.unit(name), here?.unit);
			// What was cut on its way there goes back as a whole, and nothing new is worth keeping of it.
			const back = turned(ledger, ledger.isDone ? isUntouched : () => true) as Ledger;
			if (ledger.isDone) await this.#setAside(ledger, back.other?.changes ?? []);
			const changes = back.other?.changes.map((change) => this.#asWanted(change)) ?? [];
			return { ...back, other: back.other && { ...back.other, changes } };
		}
		const plan = planFactory({ modules: firmware.modules, units: store.units(), given: ledger?.given ?? {} });
		const changes: Change[] = [];
		for (const module of plan.puts) {
			const unit = store.unit(module.name);
			const manifest = await this.#manifestIn(() => firmware.read(module));
			const here = sideOf(await this.#unitOf(module, { before: unit, manifest }), manifest, vmsOf);
			changes.push({ name: module.name, here, there: unit && (await this.#sideOf(unit)) });
		}
		for (const name of plan.removals) {
			const unit = store.unit(name);
			if (unit !== undefined) changes.push({ name, there: await this.#sideOf(unit) });
		}
		if (ledger !== undefined) await this.#setAside(ledger, changes);
		const stale = (ledger?.other?.changes ?? []).flatMap(({ there }) => there?.vms ?? []);
		return {
			firmware: firmware.id,
			isDone: false,
			given: plan.given,
			other: ledger && { firmware: ledger.firmware, given: ledger.given, changes },
			stale: [...new Set([...(ledger?.stale ?? []), ...stale])],
			isSettled: false,
		};
	}

	async #carryOut(): Promise<void> {
		const ledger = this.#ledger as Ledger;
		const { other, firmware } = ledger;
		// Without firmware before there is no way back, and all is put there by what the plan says.
		const changes = other?.changes ?? [];
		if (other === undefined) await this.#putAll();
		for (const change of changes) await this.#carryOutOne(change, firmware);
		await this.#write({ ...ledger, isDone: true });
		const bytes = changes.flatMap(({ there }) => there?.unit.digest ?? []);
		await this.#aside.keepOnly({ firmware: other?.firmware, bytes });
	}

	/** On a box that knows of no firmware before. */
	async #putAll(): Promise<void> {
		const { firmware, store } = this.#options;
		const { puts } = planFactory({ modules: firmware.modules, units: store.units(), given: {} });
		for (const module of puts) {
			const bytes = await firmware.read(module);
			const before = store.unit(module.name);
			const manifest = await this.#manifestIn(async () => bytes);
			await store.put(bytes, module.digest);
			await store.record(await this.#unitOf(module, { before, manifest }));
			this.#options.onNote(`${module.name} ${module.version} is there with the firmware`);
		}
	}

	async #carryOutOne({ name, here, there }: Change, firmware: string): Promise<void> {
		const { store, buckets, onNote } = this.#options;
		if (here === undefined) {
			await store.forget(name);
			for (const vm of there?.vms ?? []) await buckets.replace(vm, new Map());
			onNote(`${name} ${there?.unit.version ?? ''} goes: this firmware does not have it`);
			return;
		}
		if (store.unit(name)?.digest !== here.unit.digest) {
			const bytes = await this.#bytesOf(here.unit);
			if (bytes === undefined) {
				onNote(`${name} ${here.unit.version} is not on the box any more`);
				return;
			}
			await store.put(bytes, here.unit.digest);
		}
		// What it kept is there before it can be started, and what another version kept is gone.
		const kept = await this.#aside.bucketsOf(name, firmware);
		if (kept !== undefined) for (const vm of here.vms) await buckets.replace(vm, kept.get(vm) ?? new Map());
		await store.record(here.unit);
		onNote(`${name} ${there?.unit.version ?? ''} -> ${here.unit.version} with the firmware`);
	}

	/** Of firmware that is left: what its modules have kept, and those that it cannot bring back itself. */
	async #setAside({ firmware, given }: Ledger, changes: readonly Change[]): Promise<void> {
		const { store, buckets } = this.#options;
		for (const { name, there } of changes) {
			if (there === undefined) continue;
			const kept = new Map<string, ReadonlyMap<string, Uint8Array>>();
			for (const vm of there.vms) kept.set(vm, await buckets.contents(vm));
			await this.#aside.putBuckets(name, firmware, kept);
			const { digest } = there.unit;
			if (given[name]?.digest === digest) continue;
			const bytes = await store.get(digest).catch(() => undefined);
			if (bytes !== undefined) await this.#aside.putBytes(digest, bytes);
		}
	}

	async #bytesOf({ name, digest }: Unit): Promise<Uint8Array | undefined> {
		const { firmware } = this.#options;
		const carried = firmware.modules.find((module) => module.name === name && module.digest === digest);
		return carried === undefined ? this.#aside.bytes(digest) : firmware.read(carried);
	}

	/** With what the operator has said of the module since: whether it is to run is his to say. */
	#asWanted(change: Change): Change {
		const now = this.#options.store.unit(change.name);
		if (change.here === undefined || now === undefined) return change;
		const { requestedState, uuid } = now;
		return { ...change, here: { ...change.here, unit: { ...change.here.unit, requestedState, uuid } } };
	}

	/** @param manifest of the module, where it can be read */
	async #unitOf(
		module: FactoryModule,
		{ before, manifest }: { before: Unit | undefined; manifest: Manifest | undefined },
	): Promise<Unit> {
		const config = before?.config === undefined ? undefined : await this.#configOf(before, manifest);
		return factoryUnit(module, { before, config, now: this.#options.clock.now() });
	}

	/** What the operator has configured. Firmware cannot be refused for it: what its version does not take is told of. */
	async #configOf({ config, digest }: Unit, now: Manifest | undefined): Promise<string | undefined> {
		const before = await this.#manifestIn(() => this.#options.store.get(digest));
		try {
			return now === undefined ? config : configAfter(undefined, { kept: config, before, now });
		} catch (error) {
			this.#options.onNote(`${codeOf(error)}: ${(error as Error).message}; it starts as it was built`);
			return undefined;
		}
	}

	async #sideOf({ previous: _, ...unit }: Unit): Promise<Side> {
		const { store, vmsOf } = this.#options;
		return sideOf(unit, await this.#manifestIn(() => store.get(unit.digest)), vmsOf);
	}

	/** Undefined where the component cannot be read: that must not keep the firmware from its modules. */
	async #manifestIn(read: () => Promise<Uint8Array>): Promise<Manifest | undefined> {
		try {
			return this.#options.manifestOf(await read());
		} catch (error) {
			this.#options.onNote(`a module cannot be read: ${codeOf(error)}: ${(error as Error).message}`);
			return undefined;
		}
	}
}

function sideOf(unit: Unit, manifest: Manifest | undefined, vmsOf: FactoryOptions['vmsOf']): Side {
	if (manifest === undefined) return { unit, durability: 'none', vms: [unit.name] };
	return { unit, durability: manifest.durability.mode, vms: vmsOf(manifest) };
}

function isSame(a: Unit | undefined, b: Unit | undefined): boolean {
	return a?.digest === b?.digest && a?.url === b?.url;
}
