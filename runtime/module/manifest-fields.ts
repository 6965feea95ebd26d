/** Takes typed fields out of an untyped JSON object, naming the one that is wrong. */
import { ManifestError } from './manifest.ts';
import { rules } from './manifest-rules.ts';

interface TextRule {
	readonly pattern?: RegExp;
	readonly longest: number;
	readonly fallback?: string;
}

export class Fields {
	readonly #at: string;
	readonly #left: Map<string, unknown>;
	/** Names that were asked for: all that there can be. */
	readonly #known = new Set<string>();

	/** @param at where the object stands, for messages: `manifest.budget` */
	constructor(json: unknown, at: string) {
		this.#at = at;
		if (!isObject(json)) throw this.#wrong('', 'must be an object');
		this.#left = new Map(Object.entries(json));
	}

	/** The raw value, undefined where there is none. */
	take(name: string): unknown {
		const value = this.#left.get(name);
		this.#known.add(name);
		this.#left.delete(name);
		return value;
	}

	text(name: string, rule: TextRule): string {
		const value = this.take(name) ?? rule.fallback;
		const isRight =
			typeof value === 'string' && value.length <= rule.longest && (rule.pattern?.test(value) ?? true);
		if (!isRight)
			throw this.#wrong(name, `must be a text like ${rule.pattern ?? 'any'}, up to ${rule.longest} long`);
		return value;
	}

	optionalText(name: string, rule: TextRule): string | undefined {
		this.#known.add(name);
		return this.#left.has(name) ? this.text(name, rule) : undefined;
	}

	oneOf<Value extends string>(name: string, values: readonly Value[], fallback: Value): Value {
		const value = this.take(name) ?? fallback;
		const found = values.find((candidate) => candidate === value);
		if (found === undefined) throw this.#wrong(name, `must be one of ${values.join(', ')}`);
		return found;
	}

	/** A list of one or more of `values`, none twice. */
	listOf<Value extends string>(name: string, values: readonly Value[]): Value[] {
		const value = this.take(name);
		const isRight =
			Array.isArray(value) &&
			value.length > 0 &&
			new Set(value).size === value.length &&
			value.every((item) => values.includes(item as Value));
		if (!isRight) throw this.#wrong(name, `must list one or more of ${values.join(', ')}`);
		return value as Value[];
	}

	/** A list of texts, none twice; empty where the field is missing. */
	texts(
		name: string,
		{ pattern, longest, most }: Required<Omit<TextRule, 'fallback'>> & { most: number },
	): string[] {
		const value = this.take(name) ?? [];
		const isText = (item: unknown): boolean =>
			typeof item === 'string' && item.length <= longest && pattern.test(item);
		const isRight =
			Array.isArray(value) &&
			value.length <= most &&
			new Set(value).size === value.length &&
			value.every(isText);
		if (!isRight) throw this.#wrong(name, `must list texts like ${pattern}, none twice, ${most} at most`);
		return value as string[];
	}

	/** A whole number from 1 to `most`; the fallback may be anything. */
	whole(name: string, { fallback, most }: { fallback: number; most: number }): number {
		const value = this.take(name);
		if (value === undefined) return fallback;
		if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > most)
			throw this.#wrong(name, `must be a whole number from 1 to ${most}`);
		return value;
	}

	base64(name: string, { longest }: { longest: number }): Uint8Array {
		const value = this.take(name) ?? '';
		if (typeof value !== 'string' || value.length > longest * 1.4) throw this.#wrong(name, 'must be base64');
		try {
			return Uint8Array.fromBase64(value);
		} catch {
			throw this.#wrong(name, 'must be base64');
		}
	}

	/** An object whose keys match `key`; empty where the field is missing. */
	map<Value>(name: string, key: RegExp, read: (value: unknown, at: string) => Value): Record<string, Value> {
		const value = this.take(name) ?? {};
		if (!isObject(value)) throw this.#wrong(name, 'must be an object');
		const entries = Object.entries(value).map(([entry, content]): [string, Value] => {
			if (entry.length > rules.entries.longest || !key.test(entry))
				throw this.#wrong(`${name}.${entry}`, `must be named like ${key}`);
			return [entry, read(content, `${this.#at}.${name}.${entry}`)];
		});
		const { most } = rules.entries;
		if (entries.length > most) throw this.#wrong(name, `must have ${most} entries at most`);
		return Object.fromEntries(entries);
	}

	section(name: string): Fields | undefined {
		const value = this.take(name);
		return value === undefined ? undefined : new Fields(value, `${this.#at}.${name}`);
	}

	/** Call when all known fields are taken: what is left is unknown, and an error. */
	end(): void {
		const known = [...this.#known].join(', ');
		for (const name of this.#left.keys())
			throw this.#wrong(name, `is not a field of this version; there are ${known}`);
	}

	#wrong(name: string, what: string): ManifestError {
		return new ManifestError('bad-manifest', `${this.#at}${name === '' ? '' : `.${name}`} ${what}`);
	}
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
