/** In which order the modules of a box are taken up when it starts: in that of need. */
import type { Manifest } from './manifest.ts';

const classes: readonly Manifest['priority'][] = ['realtime', 'interactive', 'background'];

/** @param manifest undefined where it cannot be read, which is found out and told last */
export interface Startable {
	readonly manifest: Pick<Manifest, 'priority' | 'power'> | undefined;
	/** Components of other toolchains: their glue takes seconds to make, and what needs none does not wait for it. */
	readonly needsGlue: boolean;
}

/**
 * What is essential first, then by class; those of one kind stay in the order they came in.
 *
 * @param isContainer whether it carries what the others say, and so comes before all of them
 */
export function inOrderOfNeed<Unit extends Startable>(
	units: readonly Unit[],
	isContainer: (unit: Unit) => boolean = () => false,
): Unit[] {
	const need = (unit: Unit): number => (isContainer(unit) ? -1 : needOf(unit));
	return units.toSorted((a, b) => need(a) - need(b));
}

function needOf({ manifest, needsGlue }: Startable): number {
	if (manifest === undefined) return 100;
	const isOrdinary = manifest.power !== 'essential';
	return (needsGlue ? 10 : 0) + (isOrdinary ? 5 : 0) + classes.indexOf(manifest.priority);
}
