/** What a VM has had too much of: which budget, how often, when last and how much. */
import type { BudgetName } from './budget-name.ts';

export interface Overrun {
	readonly budget: BudgetName;
	readonly count: number;
	/** Microseconds since the epoch. */
	readonly lastAtUs: number;
	/** The last one in words. */
	readonly detail: string;
}

export class Overruns {
	readonly #byBudget = new Map<BudgetName, Overrun>();
	readonly #told = new Map<BudgetName, number>();

	/** @returns what is to be told of it: the first time, and whenever there are twice as many; else undefined */
	note(
		budget: BudgetName,
		{ atUs, detail, times = 1 }: { atUs: number; detail: string; times?: number },
	): Overrun | undefined {
		const count = (this.#byBudget.get(budget)?.count ?? 0) + times;
		const overrun = { budget, count, lastAtUs: atUs, detail };
		// Again at the end: the last one is the latest.
		this.#byBudget.delete(budget);
		this.#byBudget.set(budget, overrun);
		if (count < 2 * (this.#told.get(budget) ?? 0)) return undefined;
		this.#told.set(budget, count);
		return overrun;
	}

	/** The latest first. */
	list(): Overrun[] {
		return [...this.#byBudget.values()].reverse();
	}
}
