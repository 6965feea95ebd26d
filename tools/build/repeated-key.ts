/** Finds a key that stands twice in one object of a JSON text: `JSON.parse` takes the last and says nothing. */

export interface RepeatedKey {
	readonly key: string;
	/** Of the second one, from 1. */
	readonly line: number;
}

/** A text with the colon behind it, where it is a key; or what opens and closes an object or a list. */
const token = /("(?:[^"\\]|\\.)*")(\s*:)?|[{}[\]]/g;

/** @param text what `JSON.parse` takes */
export function repeatedKey(text: string): RepeatedKey | undefined {
	const open: Set<string>[] = [];
	for (const { 0: all, 1: quoted, 2: colon, index } of text.matchAll(token)) {
		if (quoted === undefined) {
			if (all === '{' || all === '[') open.push(new Set());
			else open.pop();
			continue;
		}
		if (colon === undefined) continue;
		const key = JSON.parse(quoted) as string;
		const keys = open.at(-1);
		if (keys?.has(key) === true) return { key, line: text.slice(0, index).split('\n').length };
		keys?.add(key);
	}
	return undefined;
}
