/** What the fields of a JSON file have to be: rules that say in one sentence which field is wrong, and how. */
import { orRather } from './near-name.ts';

export interface Rule {
	/** What is wrong with a value, undefined where nothing is. @param at where it stands: `loader.disk`; empty for all of it */
	readonly wrong: (value: unknown, at: string) => string | undefined;
	/** Of an object: its fields. */
	readonly fields?: Readonly<Record<string, Rule>>;
	/** Whether the field may be left out. */
	readonly isOptional?: true;
}

/** @param what ends the sentence "`at` is ..." */
function rule(what: string, isRight: (value: unknown) => boolean): Rule {
	return {
		wrong: (value, at) => {
			if (value === undefined) return `${at} is missing: ${what}`;
			return isRight(value) ? undefined : `${at} is ${what}, not ${shown(value)}`;
		},
	};
}

/** @param pattern of all of it; default one line that is not empty */
export function text(what: string, pattern = /^[^\n]+$/): Rule {
	return rule(what, (value) => typeof value === 'string' && pattern.test(value));
}

export function whole(what: string, { least = 1, most = Number.MAX_SAFE_INTEGER } = {}): Rule {
	return rule(
		what,
		(value) => Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most,
	);
}

export function oneOf(values: readonly string[]): Rule {
	return rule(`one of ${values.join(', ')}`, (value) => values.some((one) => one === value));
}

export function optional({ wrong, ...rest }: Rule): Rule {
	return {
		...rest,
		isOptional: true,
		wrong: (value, at) => (value === undefined ? undefined : wrong(value, at)),
	};
}

/** For what has to be said even where there is none. */
export function orNull({ wrong, ...rest }: Rule): Rule {
	return { ...rest, wrong: (value, at) => (value === null ? undefined : wrong(value, at)) };
}

/** @param least entries of it; default any number */
export function list(what: string, of: Rule, least = 0): Rule {
	const { wrong } = rule(what, (value) => Array.isArray(value) && value.length >= least);
	const each = (value: unknown, at: string): string | undefined =>
		first((value as unknown[]).entries(), ([index, item]) => of.wrong(item, `${at}[${index}]`));
	return {
		...(of.fields && { fields: of.fields }),
		wrong: (value, at) => wrong(value, at) ?? each(value, at),
	};
}

/** An object with any names. */
export function map(what: string, of: Rule): Rule {
	const { wrong } = rule(what, isObject);
	const each = (value: unknown, at: string): string | undefined =>
		first(Object.entries(value as object), ([name, item]) => of.wrong(item, `${at}["${name}"]`));
	return { wrong: (value, at) => wrong(value, at) ?? each(value, at) };
}

/** An object with these fields and no others. */
export function object(what: string, fields: Readonly<Record<string, Rule>>): Rule {
	const { wrong } = rule(what, isObject);
	const names = Object.keys(fields);
	const each = (value: object, at: string): string | undefined => {
		const path = (name: string): string => (at === '' ? name : `${at}.${name}`);
		// A field that is not known first: what is missing is missing because of its name, as often as not.
		const stranger = Object.keys(value).find((name) => !Object.hasOwn(fields, name));
		if (stranger !== undefined) return `${path(stranger)} is not a field${orRather(stranger, names)}`;
		const given = new Map(Object.entries(value));
		return first(Object.entries(fields), ([name, of]) => of.wrong(given.get(name), path(name)));
	};
	return { fields, wrong: (value, at) => wrong(value, at || 'all of it') ?? each(value as object, at) };
}

/** Every field by its whole name. */
export function fieldNames({ fields = {} }: Rule, at = ''): string[] {
	return Object.entries(fields).flatMap(([name, of]) => {
		const path = `${at}${name}`;
		return of.fields === undefined ? [path] : fieldNames(of, `${path}.`);
	});
}

function first<Item>(items: Iterable<Item>, wrong: (item: Item) => string | undefined): string | undefined {
	for (const item of items) {
		const found = wrong(item);
		if (found !== undefined) return found;
	}
	return undefined;
}

function isObject(value: unknown): value is object {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const mostShown = 60;

function shown(value: unknown): string {
	const said = JSON.stringify(value) ?? `${value}`;
	return said.length > mostShown ? `${said.slice(0, mostShown)} ...` : said;
}
