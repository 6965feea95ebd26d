/** Has the engine look for memory that nobody uses: by itself it does so only once it wants more. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How long what has become free gathers, in milliseconds. */
const gatherMs = 1000;

export function reclaimer(): () => void {
	setFlagsFromString('--expose-gc');
	const collect = runInNewContext('gc');
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
