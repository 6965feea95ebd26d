/** A lane for guests that are called plainly only, each call to its end: in tools and tests. */
import { Lane } from './lane.ts';

export function plainLane(): Lane {
	return new Lane({
		now: () => 0,
		next: () => undefined,
		returned: () => undefined,
		failed: () => undefined,
		isSliceOver: () => false,
		paused: () => undefined,
	});
}
