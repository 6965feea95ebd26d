/**
 * Counts what each VM sent and received over each network.
 *
 * Payload is counted as it passes. Bytes on the wire are known per interface only; `settle` splits
 * what an interface carried since last time among the VMs by their payload, so that every byte the
 * kernel counted is billed to somebody, once.
 */
import { apportion } from './apportion.ts';
import type { InterfaceCounters, Traffic } from './interface-counters.ts';

export interface Passage {
	readonly vm: number;
	readonly baseband: string;
	readonly bytesUp?: number;
	readonly bytesDown?: number;
}

export interface MeterRow {
	/** Undefined for bytes on the wire that nobody's payload accounts for yet. */
	readonly vm: number | undefined;
	readonly baseband: string;
	readonly payload: Traffic;
	/** Zero until `settle` has seen counters of this network. */
	readonly wire: Traffic;
}

interface Account {
	payload: Traffic;
	/** Payload since the last settling. */
	fresh: Traffic;
	wire: Traffic;
}

interface Network {
	readonly accounts: Map<number, Account>;
	/** The counters as last read; undefined before that. */
	counters: Traffic | undefined;
	/** On the wire, but while no VM had payload here. */
	carried: Traffic;
}

const none: Traffic = { bytesUp: 0, bytesDown: 0 };

/** What a byte one way costs the other way in acknowledgements: 66 bytes for two segments. */
const acknowledgementShare = 66 / 2896;

export class Meter {
	readonly #counters: InterfaceCounters | undefined;
	readonly #networks = new Map<string, Network>();
	#settled: Promise<void> = Promise.resolve();

	constructor({ counters }: { counters?: InterfaceCounters } = {}) {
		this.#counters = counters;
	}

	/** Counts payload bytes that passed between a VM and a network. */
	count({ vm, baseband, bytesUp = 0, bytesDown = 0 }: Passage): void {
		const { accounts } = this.#network(baseband);
		const account = accounts.get(vm) ?? { payload: none, fresh: none, wire: none };
		accounts.set(vm, account);
		account.payload = sum(account.payload, { bytesUp, bytesDown });
		account.fresh = sum(account.fresh, { bytesUp, bytesDown });
	}

	/**
	 * Reads the interface counters and bills what they moved by. What they show when a network is
	 * first seen was there before and is billed to nobody. Does nothing without counters.
	 */
	settle(): Promise<void> {
		// One after the other: readings that overtake each other would look like counters that started over.
		const settled = this.#settled.then(() => this.#settle());
		this.#settled = settled.catch(() => undefined);
		return settled;
	}

	/** Everything counted so far, by baseband and VM. */
	rows(): MeterRow[] {
		return [...this.#networks].flatMap(([baseband, { accounts, carried }]) => [
			...[...accounts].map(([vm, { payload, wire }]) => ({ vm, baseband, payload, wire })),
			...(carried.bytesUp + carried.bytesDown > 0
				? [{ vm: undefined, baseband, payload: none, wire: carried }]
				: []),
		]);
	}

	/** The sum over all VMs of one network. @returns `isWireKnown`: there were counters of it; without, `wire` is 0 */
	total(baseband: string): { payload: Traffic; wire: Traffic; isWireKnown: boolean } {
		const rows = this.rows().filter((row) => row.baseband === baseband);
		return {
			payload: rows.reduce((all, row) => sum(all, row.payload), none),
			wire: rows.reduce((all, row) => sum(all, row.wire), none),
			isWireKnown: this.#networks.get(baseband)?.counters !== undefined,
		};
	}

	async #settle(): Promise<void> {
		for (const [baseband, counters] of (await this.#counters?.read()) ?? []) {
			const network = this.#network(baseband);
			const moved = network.counters === undefined ? none : movedBetween(network.counters, counters);
			network.counters = counters;
			bill(network, moved);
		}
	}

	#network(baseband: string): Network {
		const network = this.#networks.get(baseband) ?? {
			accounts: new Map(),
			counters: undefined,
			carried: none,
		};
		this.#networks.set(baseband, network);
		return network;
	}
}

/** A counter that is lower than before has started over, and all it shows is new. */
function movedBetween(before: Traffic, now: Traffic): Traffic {
	const hasStartedOver = now.bytesUp < before.bytesUp || now.bytesDown < before.bytesDown;
	return hasStartedOver
		? now
		: { bytesUp: now.bytesUp - before.bytesUp, bytesDown: now.bytesDown - before.bytesDown };
}

function bill(network: Network, moved: Traffic): void {
	const due = sum(network.carried, moved);
	const up = new Map<Account, number>();
	const down = new Map<Account, number>();
	for (const account of network.accounts.values()) {
		const { bytesUp, bytesDown } = account.fresh;
		up.set(account, bytesUp + bytesDown * acknowledgementShare);
		down.set(account, bytesDown + bytesUp * acknowledgementShare);
		account.fresh = none;
	}
	const billedUp = apportion(due.bytesUp, up);
	const billedDown = apportion(due.bytesDown, down);
	for (const account of network.accounts.values()) {
		const wire = { bytesUp: billedUp.get(account) ?? 0, bytesDown: billedDown.get(account) ?? 0 };
		account.wire = sum(account.wire, wire);
	}
	network.carried = {
		bytesUp: billedUp.size === 0 ? due.bytesUp : 0,
		bytesDown: billedDown.size === 0 ? due.bytesDown : 0,
	};
}

function sum(a: Traffic, b: Traffic): Traffic {
	return { bytesUp: a.bytesUp + b.bytesUp, bytesDown: a.bytesDown + b.bytesDown };
}
