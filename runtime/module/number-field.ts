/** A field with a whole number from 1 on: by what it is read, and in what words it is explained. */
import { orElse, type Rule, whole } from '../field-rules.ts';

export interface NumberField {
	/** Where the field is missing. */
	readonly fallback: number;
	readonly most: number;
	/** What it is, with its unit. */
	readonly what: string;
	/** What happens to who wants more than it says. */
	readonly beyond: string;
}

/** A rule for each. */
export function numbers<Name extends string>(
	fields: Readonly<Record<Name, NumberField>>,
): Readonly<Record<Name, Rule<number>>> {
	const rules = Object.entries<NumberField>(fields).map(([name, field]) => [name, number(field)]);
	return Object.fromEntries(rules) as Record<Name, Rule<number>>;
}

export function number({ fallback, most }: Pick<NumberField, 'fallback' | 'most'>): Rule<number> {
	return orElse(whole(`a whole number from 1 to ${most}`, { most }), fallback);
}
