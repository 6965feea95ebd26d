/**
 * How often glue instantiates each core module of its component.
 *
 * Memory and tables are there once for each instance, so what a component may have of them is
 * divided by these. Read from the text of the glue: a name of the component can add to a count,
 * which leaves it less, and take nothing from one.
 */
import { ComponentError } from '../component/error.ts';

const asked = /\bconst (module\d+) = getCoreModule\('([^'\n]*)'\);/g;
const made = /\binstantiateCore\((module\d+)\b/g;

/** Of all core modules together. */
const mostInstances = 256;

/** @throws ComponentError `module-too-complex` */
export function instancesIn(script: string): Map<string, number> {
	const counts = new Map<string, number>();
	for (const [, variable = ''] of script.matchAll(made))
		counts.set(variable, (counts.get(variable) ?? 0) + 1);
	const all = counts.values().reduce((sum, count) => sum + count, 0);
	if (all > mostInstances)
		throw new ComponentError(
			'module-too-complex',
			`the component instantiates ${all} core modules; ${mostInstances} are allowed`,
		);
	return new Map(
		script.matchAll(asked).map(([, variable = '', name = '']) => [name, counts.get(variable) ?? 0]),
	);
}
