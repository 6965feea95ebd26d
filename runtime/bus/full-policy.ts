/** Of what happens to a message that finds an inbox full, what spares the message most: where several hear it, that counts. */
import type { FullPolicy } from '../module/manifest.ts';

const strictness: readonly FullPolicy[] = ['keep-latest', 'drop-oldest', 'block'];

export function stricter(one: FullPolicy | undefined, other: FullPolicy): FullPolicy {
	return one !== undefined && strictness.indexOf(one) > strictness.indexOf(other) ? one : other;
}
