/**
 * A box whose services are probes, and whose messages are carried by the platform or by a courier, on a disk that
 * outlives it: for what has to be so whoever carries.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { type Courier, type CourierSettings, makeCourier } from '../../modules/courier/testbed.ts';
import { makeProbe, type Order, type Word } from '../../modules/probe/testbed.ts';
import { type Json, withManifest } from '../../tools/hil/box/variant.ts';
import { clock as clockCapability } from '../capability/clock.ts';
import { keyValue } from '../capability/key-value.ts';
import { Capabilities } from '../capability/link-vm.ts';
import { log } from '../capability/log.ts';
import { MemoryStorage } from '../durability/memory-storage.ts';
import { ManualClock } from '../manual-clock.ts';
import { MemoryDirectory } from '../memory-directory.ts';
import { Modules } from '../module/modules.ts';
import { ModuleStore } from '../module/store.ts';
import { sha256 } from '../module/store-digest.ts';
import type { CellHandle, CellHost } from '../vm/cell-host.ts';
import { inlineCells } from '../vm/inline-cell.ts';
import { Supervisor } from '../vm/supervisor.ts';
import { VmNumbers } from '../vm/vm-numbers.ts';
import { Carriage } from './carriage.ts';
import { Hub } from './hub.ts';

export const probe = await makeProbe();
export const courier: Courier = await makeCourier();

export const carriers = ['the platform', 'a container VM'] as const;
export type Carrier = (typeof carriers)[number];

export interface CarrierBoxOptions {
	/** Patterns of what only the courier may carry. */
	readonly topics?: readonly string[];
	/** Without the courier, which is to carry all the same. */
	readonly isMissing?: boolean;
	readonly settings?: CourierSettings;
	/** Of the courier. */
	readonly durability?: object;
	/** Default never. */
	readonly sleepAfterMs?: number;
}

/** What a probe is to be: a manifest in the place of the probe's own. */
export type ProbeManifest = Readonly<Record<string, unknown>>;

/** Turns of the event loop, and milliseconds, in which a box comes to rest. */
const rounds = 80;

interface Disk {
	directory: MemoryDirectory;
	readonly storages: Map<string, MemoryStorage>;
}

async function delivery(bytes: Uint8Array) {
	const own = new Uint8Array(bytes);
	return { bytes: own, digest: await sha256(own), uuid: 'a-uuid', url: 'memory:' };
}

/** A probe of this name, which hears orders and echoes on topics called after it. */
export function probeBytes(name: string, { version = '1.0.0', ...fields }: ProbeManifest = {}): Uint8Array {
	return withManifest(probe.built.bytes, ({ budget, vendor, capabilities }) => ({
		name,
		version,
		vendor,
		budget,
		capabilities: { 'key-value': (capabilities as Json)['key-value'] },
		domain: 'open',
		publishes: { 'probe.out': 'probe.Word' },
		subscribes: { [`${name}.order`]: 'probe.Order', [`${name}.echo`]: 'probe.Word' },
		...fields,
	}));
}

export class CarrierBox {
	readonly hub = new Hub();
	/** What the box hears on `probe.out`. */
	readonly words: Word[] = [];
	readonly logs: string[] = [];
	readonly #clock: ManualClock;
	readonly #disk: Disk;
	readonly #handles: CellHandle[] = [];
	readonly #t: ExecutionContext;
	readonly #carriage: Carriage | undefined;
	readonly #carrier: Carrier;
	readonly #options: CarrierBoxOptions;
	supervisor!: Supervisor;
	modules!: Modules;

	private constructor(
		t: ExecutionContext,
		parts: {
			disk: Disk;
			clock: ManualClock;
			carriage: Carriage | undefined;
			carrier: Carrier;
			options: CarrierBoxOptions;
		},
	) {
		this.#t = t;
		this.#disk = parts.disk;
		this.#clock = parts.clock;
		this.#carriage = parts.carriage;
		this.#carrier = parts.carrier;
		this.#options = parts.options;
		this.hub.listen('probe.out', ({ payload }) => this.words.push(probe.word(payload)));
	}

	static async open(
		t: ExecutionContext,
		carrier: Carrier,
		options: CarrierBoxOptions = {},
	): Promise<CarrierBox> {
		const disk = { directory: new MemoryDirectory(), storages: new Map() };
		const box = await CarrierBox.#start(t, { disk, clock: new ManualClock(), carrier, options });
		if (carrier === 'a container VM' && options.isMissing !== true) await box.installCourier();
		return box;
	}

	static async #start(
		t: ExecutionContext,
		{
			disk,
			clock,
			carrier,
			options,
		}: { disk: Disk; clock: ManualClock; carrier: Carrier; options: CarrierBoxOptions },
	): Promise<CarrierBox> {
		const { directory } = disk;
		const carriage =
			carrier === 'the platform'
				? undefined
				: await Carriage.open({
						container: 'courier',
						topics: options.topics,
						directory: directory.folder('carriage'),
					});
		const box = new CarrierBox(t, { disk, clock, carriage, carrier, options });
		const capabilities = new Capabilities([log, clockCapability, keyValue(directory.folder('buckets'))]);
		box.supervisor = new Supervisor({
			clock,
			cells: box.#cells(),
			hub: box.hub,
			capabilities,
			carriage,
			sleepAfterMs: options.sleepAfterMs,
			numbers: await VmNumbers.open(directory.folder('vms')),
			on: { log: ({ name }, { text }) => box.logs.push(`${name}: ${text}`) },
		});
		t.teardown(() => box.during(box.supervisor.close()));
		const opening = Modules.open({
			store: await ModuleStore.open({ directory: directory.folder('modules') }),
			supervisor: box.supervisor,
			capabilities,
			clock,
			carriage,
			networks: () => [],
			forget: async () => undefined,
			warn: (module, code, message) => t.fail(`${module}: ${code}: ${message}`),
		});
		box.modules = await box.during(opening);
		await box.settle();
		return box;
	}

	async installCourier(): Promise<void> {
		const { settings, durability } = this.#options;
		const bytes =
			durability === undefined
				? courier.built.bytes
				: withManifest(courier.built.bytes, (manifest) => ({ ...manifest, durability }));
		const config = settings && Buffer.from(courier.settings(settings)).toString('base64');
		await this.during(
			this.modules.install({ ...(await delivery(bytes)), ...(config === undefined ? {} : { config }) }),
		);
	}

	async install(bytes: Uint8Array): Promise<void> {
		await this.during(this.modules.install(await delivery(bytes)));
		await this.settle();
	}

	async update(name: string, bytes: Uint8Array): Promise<void> {
		await this.during(this.modules.update(name, await delivery(bytes)));
	}

	/** What a journal holds is written after a while: lets that pass until the work is done. */
	async during<Result>(work: Promise<Result>): Promise<Result> {
		let isOver = false;
		const done = work.finally(() => {
			isOver = true;
		});
		done.catch(() => undefined);
		while (!isOver) await this.#pass();
		return done;
	}

	/** Until all that was said has been heard, and what came of it. */
	async settle(ms = rounds): Promise<void> {
		for (let left = ms; left > 0; left--) await this.#pass();
	}

	order(name: string, order: Order): void {
		this.hub.publish(`${name}.order`, probe.order(order));
	}

	/** What the box has heard since the last time. */
	async said(): Promise<Word[]> {
		await this.settle();
		return this.words.splice(0);
	}

	async saidTexts(): Promise<string[]> {
		return (await this.said()).map(({ text }) => text);
	}

	/** How many orders a probe has had; this is one of them. */
	async orders(name: string): Promise<number> {
		const payload = probe.order({ what: 'answer' });
		const asked = this.hub.request({ topic: `${name}.order`, payload, deadlineMs: 10_000 });
		return probe.word(await this.during(asked)).count;
	}

	async report() {
		const topic = 'courier.report';
		const asked = this.hub.request({ topic, payload: new Uint8Array(0), deadlineMs: 10_000 });
		return courier.report(await this.during(asked));
	}

	/** So many turns of the event loop, in which time stands still. */
	async run(turns: number): Promise<void> {
		for (let left = turns; left > 0; left--) await nextTurn();
	}

	/** The power goes from one moment to the next, and comes back. @param choose what of the unwritten is on disk */
	async powerCut(choose?: (most: number) => number): Promise<CarrierBox> {
		for (const handle of this.#handles) await handle.terminate();
		for (const storage of this.#disk.storages.values()) {
			storage.files.cutAfter(0);
			await nextTurn();
			await storage.restart(choose);
		}
		this.#disk.directory = await this.#disk.directory.restart(choose);
		return CarrierBox.#start(this.#t, {
			disk: this.#disk,
			clock: new ManualClock(this.#clock.now() + 100_000),
			carrier: this.#carrier,
			options: this.#options,
		});
	}

	/** Why nothing is carried. */
	get obstacle(): string | undefined {
		return this.#carriage?.obstacle;
	}

	#cells(): CellHost {
		const { storages } = this.#disk;
		const host = inlineCells(this.#clock, {
			storageOf: (cell) => {
				const storage = storages.get(cell) ?? new MemoryStorage();
				storages.set(cell, storage);
				return storage;
			},
		});
		return {
			spawn: (options) => {
				const handle = host.spawn(options);
				this.#handles.push(handle);
				return handle;
			},
		};
	}

	async #pass(): Promise<void> {
		for (let left = 3; left > 0; left--) await nextTurn();
		this.#clock.advance(1);
	}
}
