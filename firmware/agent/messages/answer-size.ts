/** Bounds what one request can make of the box: work, memory, and an answer that a broker would still take. */
import type { Request } from '../../../proto/host/cloud/usp/usp-msg.ts';
import { UspError } from '../error.ts';

/** Half of the largest packet, since counting is by characters. */
const mostCharacters = 524_288;
/** Counted for each entry beyond its texts. */
const entryCharacters = 16;
/** Paths or objects of one request. */
const mostItems = 1000;

export class AnswerSize {
	#left = mostCharacters;

	/** Errors: `resources-exceeded` once the entries so far are too many. */
	add(...texts: readonly string[]): void {
		this.#left -= texts.reduce((sum, { length }) => sum + length, entryCharacters);
		if (this.#left < 0)
			throw new UspError(
				'resources-exceeded',
				`the answer would be longer than ${mostCharacters} characters; ask for less at a time`,
			);
	}
}

/** Errors: `resources-exceeded`. */
export function checkItems({ get, getInstances, set, add, delete: remove }: Request): void {
	const objects = [...(set?.updateObjs ?? []), ...(add?.createObjs ?? [])];
	const items =
		(get?.paramPaths.length ?? 0) +
		(getInstances?.objPaths.length ?? 0) +
		(remove?.objPaths.length ?? 0) +
		objects.reduce((sum, { paramSettings }) => sum + 1 + paramSettings.length, 0);
	if (items > mostItems)
		throw new UspError(
			'resources-exceeded',
			`the request has ${items} paths and parameters; one may have ${mostItems}`,
		);
}
