/**
 * Has the engine look for memory that nobody uses and give it back to the machine: by itself it looks only
 * once it wants more, and keeps what it finds. Worth it behind what is seldom: a start, or a sleep.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** @param gatherMs how long what has become free gathers */
export function reclaimer(gatherMs = 1000): () => void {
	let isArmed = false;
	return () => {
		if (isArmed) return;
		isArmed = true;
		setTimeout(() => {
			isArmed = false;
			// Any other kind leaves the pages of young objects, and those that became free, with the engine.
			collect({ type: 'major', execution: 'async', flavor: 'last-resort' });
		}, gatherMs).unref();
	};
}

let found: ((how: object) => void) | undefined;

/** Looked for when it is needed first: a context takes a megabyte. */
function collect(how: object): void {
	if (found === undefined) {
		setFlagsFromString('--expose-gc');
		found = runInNewContext('gc');
	}
	found?.(how);
}
