/** Names of members and constants in generated AssemblyScript. */
import type { ProtoField } from '../model.ts';

// Words that AssemblyScript keeps for itself, and what every generated class has.
const reserved = new Set(
	(
		'break case catch class const continue default delete do else enum export extends false finally for ' +
		'function if implements import in instanceof interface let new null package private protected public ' +
		'return static super switch this throw true try type typeof var void while with yield ' +
		'constructor encode decode of toString valueOf'
	).split(' '),
);

/** The name of the field in its class: its own, with `_` behind a word that is taken. */
export function memberName(name: string): string {
	return reserved.has(name) ? `${name}_` : name;
}

export function pascalCase(name: string): string {
	return name.replace(/(?:^|_)([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** The constant of a oneof's enum that stands for this member. */
export function caseName(field: ProtoField): string {
	const name = pascalCase(field.name);
	return name === 'None' ? 'None_' : name;
}
