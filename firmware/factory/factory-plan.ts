/** What firmware that comes to a box for the first time changes of its modules. */

import { compareVersions } from '../../runtime/module/module-version.ts';
import type { Unit } from '../../runtime/module/store-index.ts';
import { type FactoryModule, type FactoryPolicy, factoryScheme } from './factory-module.ts';

/** What firmware gave the box last of a module, by its name. */
export type Given = Readonly<Record<string, { readonly digest: string; readonly policy: FactoryPolicy }>>;

export interface PlanOptions {
	/** What the firmware carries. */
	readonly modules: readonly FactoryModule[];
	readonly units: readonly Unit[];
	readonly given: Given;
}

export interface FactoryPlan {
	/** To be put on the box. */
	readonly puts: readonly FactoryModule[];
	/** Names of modules that are to go: earlier firmware gave them, and this one has them no more. */
	readonly removals: readonly string[];
	readonly given: Given;
}

export function planFactory({ modules, units, given }: PlanOptions): FactoryPlan {
	const unitOf = (name: string): Unit | undefined => units.find((unit) => unit.name === name);
	const puts = modules.filter((module) =>
		isPut(module, { unit: unitOf(module.name), wasGiven: Object.hasOwn(given, module.name) }),
	);
	const carried = new Set(modules.map(({ name }) => name));
	const dropped = Object.entries(given).filter(([name]) => !carried.has(name));
	const removals = dropped
		.filter(([name, { policy }]) => policy !== 'keep' && isFromFactory(unitOf(name)))
		.map(([name]) => name);
	return {
		puts,
		removals,
		given: Object.fromEntries([
			...dropped.filter(([name]) => !removals.includes(name)),
			...modules.map(({ name, digest, policy }) => [name, { digest, policy }] as const),
		]),
	};
}

function isPut(
	{ digest, version, policy }: FactoryModule,
	{ unit, wasGiven }: { readonly unit: Unit | undefined; readonly wasGiven: boolean },
): boolean {
	// One that the box had and has no more was removed by the operator.
	if (unit === undefined) return !wasGiven || policy === 'firmware';
	if (unit.digest === digest || policy === 'keep') return false;
	return policy === 'firmware' || isFromFactory(unit) || compareVersions(version, unit.version) > 0;
}

function isFromFactory(unit: Unit | undefined): boolean {
	return unit?.url?.startsWith(factoryScheme) === true;
}
