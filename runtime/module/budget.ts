/** What a module may use up: what it asks for, within what the box allows. */
import { type Budget, budgetDefaults } from './manifest.ts';

export const budgetNames = Object.keys(budgetDefaults) as readonly (keyof Budget)[];

/** The most that this box grants any module; what is left out is bounded by the platform only. */
export type BudgetCaps = { readonly [Name in keyof Budget]?: number };

/** A budget within the caps: a module that asks for more runs with less. */
export function capped(budget: Budget, caps: BudgetCaps): Budget {
	const entries = budgetNames.map((name) => [name, Math.min(budget[name], caps[name] ?? Infinity)]);
	return Object.fromEntries(entries) as Budget;
}
