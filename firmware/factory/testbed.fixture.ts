/** A box with modules on a disk of its own, and firmware that carries others: for tests. */
import { createHash } from 'node:crypto';
import { keyValue } from '../../runtime/capability/key-value.ts';
import { ManualClock } from '../../runtime/manual-clock.ts';
import { MemoryDirectory } from '../../runtime/memory-directory.ts';
import { PowerCut } from '../../runtime/memory-disk.ts';
import { type DurabilityMode, type Manifest, parseManifest } from '../../runtime/module/manifest.ts';
import { ModuleStore } from '../../runtime/module/store.ts';
import type { FactoryModule, FactoryPolicy } from './factory-module.ts';
import { type FactoryFirmware, FactoryModules } from './factory-modules.ts';

export interface Carried {
	readonly name: string;
	readonly version: string;
	readonly policy?: FactoryPolicy;
	readonly durability?: DurabilityMode;
	/** The message that it is configured by; default none. */
	readonly configType?: string;
}

/** What stands for a component here: its manifest. */
function componentOf({ name, version, durability = 'none', configType }: Carried): Uint8Array {
	const config = configType && { config: { type: configType, bytes: '' } };
	const manifest = {
		name,
		version,
		vendor: 'mullion',
		domain: 'open',
		publishes: {},
		subscribes: {},
		...config,
	};
	return new TextEncoder().encode(JSON.stringify({ ...manifest, durability: { mode: durability } }));
}

const manifestOf = (bytes: Uint8Array): Manifest =>
	parseManifest(JSON.parse(new TextDecoder().decode(bytes)));
const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export function firmwareOf(id: string, carried: readonly Carried[]): FactoryFirmware {
	const modules = carried.map(
		(each): FactoryModule => ({
			name: each.name,
			version: each.version,
			digest: digestOf(componentOf(each)),
			policy: each.policy ?? 'newer',
			file: '',
		}),
	);
	return {
		id,
		modules,
		read: async ({ digest }) =>
			carried.map(componentOf).find((bytes) => digestOf(bytes) === digest) ?? new Uint8Array(),
	};
}

export class FactoryBox {
	readonly notes: string[] = [];
	readonly clock = new ManualClock();
	directory = new MemoryDirectory();

	/** The firmware starts: before any VM runs it has its modules there. @throws PowerCut */
	async boot(firmware: FactoryFirmware): Promise<FactoryModules> {
		const store = await this.#open();
		const { clock, directory, notes } = this;
		const factory = await FactoryModules.settle({
			firmware,
			directory: directory.folder('factory'),
			store,
			buckets: this.#buckets,
			clock,
			manifestOf,
			vmsOf: ({ name }) => [name],
			onNote: (note) => void notes.push(note),
		});
		// Without power nothing says so but the disk.
		await directory.read('power');
		return factory;
	}

	/** The operator installs a version, or updates to it. @param config what he has it start with, as base64 */
	async push(carried: Carried, config?: string): Promise<void> {
		const store = await this.#open();
		const bytes = componentOf(carried);
		const digest = digestOf(bytes);
		const before = store.unit(carried.name);
		await store.put(bytes, digest);
		await store.record({
			name: carried.name,
			version: carried.version,
			digest,
			uuid: before?.uuid ?? digest,
			url: `tuf:modules/${carried.name}-${carried.version}.wasm`,
			installedAtUs: 1,
			requestedState: 'active',
			...(config !== undefined && { config }),
			...(before && { previous: { version: before.version, digest: before.digest } }),
		});
	}

	/** The operator takes a module off the box, with what it has kept. */
	async remove(name: string): Promise<void> {
		await (await this.#open()).forget(name);
		await this.#buckets.forget(name);
	}

	async setIdle(name: string): Promise<void> {
		const store = await this.#open();
		const unit = store.unit(name);
		if (unit !== undefined) await store.record({ ...unit, requestedState: 'idle' });
	}

	/** The module keeps a value. */
	async keep(name: string, value: string): Promise<void> {
		const bucket = new Map(await this.#buckets.contents(name));
		await this.#buckets.replace(name, bucket.set('value', new TextEncoder().encode(value)));
	}

	/** `name version`, what it has kept, and whether it is to rest; each module's bytes are there. */
	async modules(): Promise<string[]> {
		const store = await this.#open();
		return Promise.all(
			store.units().map(async ({ name, version, digest, requestedState }) => {
				if (digestOf(await store.get(digest)) !== digest) throw new Error(`${name} is damaged`);
				const value = (await this.#buckets.contents(name)).get('value');
				const kept = value === undefined ? '' : ` ${new TextDecoder().decode(value)}`;
				return `${name} ${version}${kept}${requestedState === 'idle' ? ' idle' : ''}`;
			}),
		);
	}

	/** What the operator has it start with. */
	async config(name: string): Promise<string | undefined> {
		return (await this.#open()).unit(name)?.config;
	}

	async kept(name: string): Promise<string | undefined> {
		const value = (await this.#buckets.contents(name)).get('value');
		return value && new TextDecoder().decode(value);
	}

	/** Has the power cut before this many more steps of the disk, in whatever is done. */
	async cutIn(steps: number, act: () => Promise<unknown>): Promise<boolean> {
		this.directory.disk.cutAfter(steps);
		const isCut = await act().then(
			() => false,
			(error: unknown) => {
				if (error instanceof PowerCut) return true;
				throw error;
			},
		);
		this.directory = await this.directory.restart();
		return isCut;
	}

	get #buckets() {
		return keyValue(this.directory.folder('buckets'));
	}

	#open(): Promise<ModuleStore> {
		return ModuleStore.open({ directory: this.directory.folder('modules') });
	}
}
