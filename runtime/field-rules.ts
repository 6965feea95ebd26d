/** What the fields of JSON from outside have to be: rules that give a typed value, or say in one sentence which field is wrong, and how. */
import { orRather } from './near-name.ts';

export interface Rule<Value> {
	/** @param at where the value stands: `loader.disk`; empty for all of it. @throws Misfit */
	readonly read: (value: unknown, at: string) => Value;
	/** Of an object, and of a list of objects: its fields. */
	readonly fields?: Fields;
	/** Whether the field may be left out. */
	readonly isOptional?: true;
}

type Fields = Readonly<Record<string, Rule<unknown>>>;
/** What a rule reads. */
export type Read<Of> = Of extends Rule<infer Value> ? Value : never;
type Optional<Value> = Rule<Value> & { readonly isOptional: true };
type OptionalName<Of extends Fields> = {
	[Name in keyof Of]: Of[Name] extends Optional<unknown> ? Name : never;
}[keyof Of];
type ObjectOf<Of extends Fields> = {
	readonly [Name in Exclude<keyof Of, OptionalName<Of>>]: Read<Of[Name]>;
} & {
	readonly [Name in OptionalName<Of>]?: Read<Of[Name]>;
};

/** A value that is not what its rule says; `read` tells it as an error of who asks. */
class Misfit extends Error {}

export interface Refusal {
	/** What all of it is called: `manifest`; default nothing. */
	readonly at?: string;
	/** @param why a sentence that begins with the field */
	readonly refuse: (why: string) => Error;
}

export function read<Value>(rule: Rule<Value>, json: unknown, { at = '', refuse }: Refusal): Value {
	try {
		return rule.read(json, at);
	} catch (error) {
		throw error instanceof Misfit ? refuse(error.message) : error;
	}
}

/** @param what ends the sentence "`at` must be ..." */
export function rule<Value>(what: string, isRight: (value: unknown) => value is Value): Rule<Value> {
	return {
		read: (value, at) => {
			if (isRight(value)) return value;
			throw misfit(what, value, at);
		},
	};
}

/** @param pattern of all of it; default one line that is not empty. @param longest in characters; default any length */
export function text(what: string, pattern = /^[^\n]+$/, longest = Infinity): Rule<string> {
	// The length first: what a pattern costs goes by it.
	return rule(
		what,
		(value): value is string => typeof value === 'string' && value.length <= longest && pattern.test(value),
	);
}

/** One that may be empty, and of many lines. @param longest in characters; default any length */
export function anyText(what: string, longest = Infinity): Rule<string> {
	return text(what, /^/, longest);
}

export function whole(what: string, { least = 1, most = Number.MAX_SAFE_INTEGER } = {}): Rule<number> {
	return rule(
		what,
		(value): value is number =>
			Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most,
	);
}

export function oneOf<Value extends string>(values: readonly Value[]): Rule<Value> {
	return rule(`one of ${values.join(', ')}`, (value): value is Value => values.some((one) => one === value));
}

export function optional<Of extends Rule<unknown>>(of: Of): Of & { readonly isOptional: true } {
	return { ...of, isOptional: true };
}

/** @param fallback what a field is that is left out */
export function orElse<Value>(of: Rule<Value>, fallback: Value): Rule<Value> {
	return { ...of, read: (value, at) => (value === undefined ? fallback : of.read(value, at)) };
}

/** For what has to be said even where there is none. */
export function orNull<Value>(of: Rule<Value>): Rule<Value | null> {
	return { ...of, read: (value, at) => (value === null ? null : of.read(value, at)) };
}

/** Something else, made of what was read. @param make throws if it cannot be made, which means it is not `what` */
export function made<From, Value>(what: string, of: Rule<From>, make: (from: From) => Value): Rule<Value> {
	return {
		read: (value, at) => {
			const from = of.read(value, at);
			try {
				return make(from);
			} catch {
				throw misfit(what, value, at);
			}
		},
	};
}

export interface Entries {
	/** Default 0. */
	readonly least?: number;
	/** Default any number. */
	readonly most?: number;
	/** Whether none may be there twice; default false. */
	readonly isSet?: boolean;
}

export function list<Value>(
	what: string,
	of: Rule<Value>,
	{ least = 0, most = Infinity, isSet = false }: Entries = {},
): Rule<readonly Value[]> {
	const { read } = rule(
		what,
		(value): value is readonly unknown[] =>
			Array.isArray(value) &&
			value.length >= least &&
			value.length <= most &&
			(!isSet || new Set(value).size === value.length),
	);
	return {
		...(of.fields && { fields: of.fields }),
		read: (value, at) => Array.from(read(value, at), (item, index) => of.read(item, `${at}[${index}]`)),
	};
}

export interface Names {
	readonly pattern: RegExp;
	/** In characters. */
	readonly longest: number;
	/** How many. */
	readonly most: number;
}

/** An object with any names, or with names of one kind. */
export function map<Value>(
	what: string,
	of: Rule<Value>,
	{ pattern, longest, most }: Names = { pattern: /^/, longest: Infinity, most: Infinity },
): Rule<Readonly<Record<string, Value>>> {
	const { read } = rule(what, isObject);
	return {
		read: (value, at) => {
			const entries = Object.entries(read(value, at));
			if (entries.length > most) throw new Misfit(`${at} must have ${most} entries at most`);
			const odd = entries.find(([name]) => name.length > longest || !pattern.test(name));
			if (odd !== undefined)
				throw new Misfit(
					`${at} must have names like ${pattern}, up to ${longest} long, not ${shown(odd[0])}`,
				);
			return Object.fromEntries(
				entries.map(([name, item]) => [name, of.read(item, `${at}[${shown(name)}]`)]),
			);
		},
	};
}

/** Anything, for who reads it later. @param deepest objects and lists in each other, so that whoever walks through it comes back */
export function anything(deepest: number): Rule<unknown> {
	const what = `${deepest} objects and lists deep at most`;
	return rule(what, (value): value is unknown => !isDeeper(value, deepest));
}

function isDeeper(value: unknown, than: number): boolean {
	return (
		typeof value === 'object' &&
		value !== null &&
		(than === 0 || Object.values(value).some((item) => isDeeper(item, than - 1)))
	);
}

/** An object with these fields and no others. */
export function object<Of extends Fields>(what: string, fields: Of): Rule<ObjectOf<Of>> {
	const names = Object.keys(fields);
	return withFields(what, fields, (given, at) => {
		// Before all else: what is missing is missing because of its name, as often as not.
		const stranger = Object.keys(given).find((name) => !Object.hasOwn(fields, name));
		if (stranger === undefined) return {};
		const meant = orRather(stranger, names) || `; there are ${names.join(', ')}`;
		throw new Misfit(`${within(at, stranger)} is not a field of this version${meant}`);
	});
}

/** An object with these fields and any others, which stay as they are. */
export function openObject<Of extends Fields>(what: string, fields: Of): Rule<ObjectOf<Of>> {
	return withFields(what, fields, (given) => ({ ...given }));
}

/** @param begin what the fields are added to */
function withFields<Of extends Fields>(
	what: string,
	fields: Of,
	begin: (given: Named, at: string) => Record<string, unknown>,
): Rule<ObjectOf<Of>> {
	const { read } = rule(what, isObject);
	const rules = Object.entries(fields);
	return {
		fields,
		read: (value, at) => {
			const given = read(value, at);
			const found = begin(given, at);
			for (const [name, of] of rules) {
				const item = Object.hasOwn(given, name) ? given[name] : undefined;
				if (item !== undefined || of.isOptional !== true) found[name] = of.read(item, within(at, name));
			}
			return found as ObjectOf<Of>;
		},
	};
}

/** Where a field stands; a name that somebody else has chosen is quoted where it is no word. */
function within(at: string, name: string): string {
	if (!/^[\w-]{1,60}$/.test(name)) return `${at}[${shown(name)}]`;
	return at === '' ? name : `${at}.${name}`;
}

/** Every field by its whole name. */
export function fieldNames({ fields = {} }: Rule<unknown>, at = ''): string[] {
	return Object.entries(fields).flatMap(([name, of]) => {
		const path = `${at}${name}`;
		return of.fields === undefined ? [path] : fieldNames(of, `${path}.`);
	});
}

type Named = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Named {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function misfit(what: string, value: unknown, at: string): Misfit {
	const named = at || 'all of it';
	return new Misfit(
		value === undefined ? `${named} is missing: ${what}` : `${named} must be ${what}, not ${shown(value)}`,
	);
}

/** Whatever somebody has put there, a few words. */
function shown(value: unknown): string {
	if (Array.isArray(value)) return `a list of ${value.length}`;
	if (typeof value === 'string') return JSON.stringify(cut(value));
	return isObject(value) ? 'an object' : `${value}`;
}

const mostShown = 60;

function cut(text: string): string {
	return text.length > mostShown ? `${text.slice(0, mostShown)} ...` : text;
}
