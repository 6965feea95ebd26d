/** Has the engine look for memory that nobody uses: by itself it does so only once it wants more. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export function reclaimer(): () => void {
	setFlagsFromString('--expose-gc');
	const collect = runInNewContext('gc');
	return () => void collect({ type: 'major', execution: 'async' });
}
