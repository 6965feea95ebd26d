/** How a VM has behaved, as its supervisor remembers it over restarts: what it did, how it failed, what it exceeded. */
import type { BudgetName } from './budget-name.ts';
import type { CellReport, VmCounts } from './cell-protocol.ts';
import type { VmErrorCode } from './error.ts';
import { type Overrun, Overruns } from './overruns.ts';

/** A turn that ended badly, as its cell tells of it. */
export type Fault = Omit<Extract<CellReport, { tag: 'fault' }>, 'tag' | 'vm'>;

export interface ConductView {
	/** Since it came into its cell. */
	readonly counts: VmCounts | undefined;
	/** When they were taken; microseconds since the epoch, 0 before that. */
	readonly countedAtUs: number;
	/** How often it has failed, by code, since the box started. */
	readonly faults: Readonly<Partial<Record<VmErrorCode, number>>>;
	/** Budgets it has exceeded since the box started, the latest first. */
	readonly overruns: readonly Overrun[];
}

export class Conduct {
	// Most VMs never have any.
	#faults: Partial<Record<VmErrorCode, number>> | undefined;
	#overruns: Overruns | undefined;
	#counts: VmCounts | undefined;
	#countedAtUs = 0;

	/** @returns an overrun that is news, here and below */
	counted(counts: VmCounts, atUs: number): Overrun | undefined {
		const before = this.#counts?.dropped ?? 0;
		// In a new cell it counts from nothing.
		const times = counts.dropped < before ? counts.dropped : counts.dropped - before;
		this.#counts = counts;
		this.#countedAtUs = atUs;
		if (times === 0) return undefined;
		const detail = `${counts.dropped} messages found no room and were dropped`;
		return this.exceeded('inbox', { atUs, times, detail });
	}

	failed({ code, budget, message }: Fault, atUs: number): Overrun | undefined {
		this.#faults = { ...this.#faults, [code]: (this.#faults?.[code] ?? 0) + 1 };
		return budget && this.exceeded(budget, { atUs, detail: message });
	}

	/** For budgets that nobody fails by: a share of a core, bytes over a network. */
	exceeded(budget: BudgetName, what: { atUs: number; detail: string; times?: number }): Overrun | undefined {
		this.#overruns ??= new Overruns();
		return this.#overruns.note(budget, what);
	}

	/** The fault of a turn whose cell had to be ended: what the cell knew of it went with the cell. */
	unseen(message: string): Fault {
		const { inboxLength = 0, inboxBytes = 0, memoryBytes = 0, turns = 0 } = this.#counts ?? {};
		const counts = { inboxLength, inboxBytes, memoryBytes, turns };
		return {
			code: 'over-budget',
			budget: 'turn-time',
			message,
			log: [],
			stack: [],
			given: [],
			givenCount: 0,
			...counts,
		};
	}

	view(): ConductView {
		return {
			counts: this.#counts,
			countedAtUs: this.#countedAtUs,
			faults: { ...this.#faults },
			overruns: this.#overruns?.list() ?? [],
		};
	}
}
