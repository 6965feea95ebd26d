/** Has the engine look for memory that nobody uses: by itself it does so only once it wants more. */
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
			collect({ type: 'major', execution: 'async' });
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
