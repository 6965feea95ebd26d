/** WIT names as they are written in generated code. */
import { WitError } from './wit-error.ts';

/** `read-ahead-ms` becomes `readAheadMs`. */
export function camelCase(name: string): string {
	const text = pascalCase(name);
	return text.charAt(0).toLowerCase() + text.slice(1);
}

/** `read-ahead-ms` becomes `ReadAheadMs`. */
export function pascalCase(name: string): string {
	return name
		.split('-')
		.map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
		.join('');
}

/** Keywords, and the built-in functions that generated code calls where such a name could stand. */
const reserved = new Set(
	(
		'abort arguments assert async await break case catch changetype class const constructor continue debugger default do else ' +
		'enum err eval export extends false finally function idof if implements import in interface isReference let load ' +
		'max memory new null offsetof ok package private protected public reinterpret return static store super switch ' +
		'this throw true try typeof unchecked unreachable var void while with yield'
	).split(' '),
);

/** A parameter, field or function: WIT has no underscores, so a keyword gets one. */
export function identifier(name: string): string {
	const text = camelCase(name);
	return reserved.has(text) ? `${text}_` : text;
}

/** Names that one generated file declares; two WIT names must not become one. */
export class Declared {
	readonly #owners = new Map<string, string>();

	/** @throws WitError `wit-duplicate-name` */
	add(text: string, owner: string): string {
		const before = this.#owners.get(text);
		if (before !== undefined) {
			const message = `${before} and ${owner} would both be ${text} in the generated code; rename one of them`;
			throw new WitError('wit-duplicate-name', message);
		}
		this.#owners.set(text, owner);
		return text;
	}
}
