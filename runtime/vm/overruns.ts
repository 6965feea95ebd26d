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
	readonly #byBudget = new Map<BudgetName, { overrun: Overrun; told: number }>();

	/** @returns what is to be told of it: the first time, and whenever there are twice as many; else undefined */
	note(
		budget: BudgetName,
		{ atUs, detail, times = 1 }: { atUs: number; detail: string; times?: number },
	): Overrun | undefined {
		const before = this.#byBudget.get(budget);
		const count = (before?.overrun.count ?? 0) + times;
		const overrun = { budget, count, lastAtUs: atUs, detail };
		const isNews = count >= 2 * (before?.told ?? 0);
		// Again at the end: the last one is the latest.
		this.#byBudget.delete(budget);
		this.#byBudget.set(budget, { overrun, told: isNews ? count : (before?.told ?? 0) });
		return isNews ? overrun : undefined;
	}

	/** The latest first. */
	list(): Overrun[] {
		const overruns = [...this.#byBudget.values()];
		return overruns.map(({ overrun }) => overrun).reverse();
	}
}
