/** Reads the paths of the data model: instance numbers, `*`, and search expressions. */
import { UspError } from '../error.ts';
import { type Condition, readConditions } from './search.ts';

export type Segment =
	| { readonly kind: 'name'; readonly name: string }
	| { readonly kind: 'number'; readonly number: number }
	| { readonly kind: 'any' }
	| { readonly kind: 'search'; readonly conditions: readonly Condition[] };

export interface Path {
	/** The way to the object or objects. */
	readonly segments: readonly Segment[];
	/** A parameter `Name`, command `Name()` or event `Name!` of them; undefined where the path is an object's. */
	readonly leaf: string | undefined;
	readonly text: string;
}

/** Longest path taken from a controller, in characters. */
export const maxPathLength = 1024;

const leafShape = /^[A-Za-z_][A-Za-z0-9_-]*(\(\)|!)?$/;
const nameShape = /^[A-Za-z_][A-Za-z0-9_-]*$/;
const numberShape = /^[1-9][0-9]{0,9}$/;

/** Errors: `invalid-path-syntax`. Following references (`Ref+.`) is not supported and fails the same way. */
export function parsePath(text: string): Path {
	if (text.length > maxPathLength) throw syntax(text.slice(0, 40), `longer than ${maxPathLength} characters`);
	const parts = split(text);
	const last = parts.pop() ?? '';
	const segments = parts.map((part) => segmentOf(part, text));
	if (last !== '') {
		// An object's path may come without its last dot where no parameter can be meant.
		if (numberShape.test(last) || last === '*' || last.startsWith('['))
			return { segments: [...segments, segmentOf(last, text)], leaf: undefined, text };
		if (!leafShape.test(last)) throw syntax(text, `"${last}" is no name`);
	}
	if (segments.length === 0) throw syntax(text, 'it names nothing');
	return { segments, leaf: last === '' ? undefined : last, text };
}

// Dots inside `[...]` belong to the expression, and brackets inside `"..."` to the value.
function split(text: string): string[] {
	const parts: string[] = [];
	let start = 0;
	let inExpression = false;
	let inString = false;
	for (let at = 0; at < text.length; at++) {
		const char = text[at];
		if (inString) inString = char !== '"';
		else if (inExpression && char === '"') inString = true;
		else if (char === '[') inExpression = true;
		else if (char === ']') inExpression = false;
		else if (char === '.' && !inExpression) {
			parts.push(text.slice(start, at));
			start = at + 1;
		}
	}
	if (inExpression || inString) throw syntax(text, 'the search expression does not end');
	parts.push(text.slice(start));
	return parts;
}

function segmentOf(part: string, text: string): Segment {
	if (part === '*') return { kind: 'any' };
	if (numberShape.test(part)) return { kind: 'number', number: Number(part) };
	if (part.startsWith('[') && part.endsWith(']'))
		return { kind: 'search', conditions: readConditions(part.slice(1, -1)) };
	if (nameShape.test(part)) return { kind: 'name', name: part };
	throw syntax(text, part === '' ? 'two dots in a row' : `"${part}" is no name, number, * or [expression]`);
}

function syntax(text: string, why: string): UspError {
	return new UspError('invalid-path-syntax', `path "${text}": ${why}`);
}
