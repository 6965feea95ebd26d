/** The expressions between `[` and `]` in a path: comparisons of a row's parameters joined by `&&`. */
import { UspError } from '../error.ts';
import type { Params, ParamValue } from './provider.ts';

type Operator = '==' | '!=' | '<=' | '>=' | '<' | '>';

export interface Condition {
	readonly param: string;
	readonly operator: Operator;
	/** Text from `"..."`, otherwise a number or a truth value. */
	readonly value: string | number | boolean;
}

const conditionShape = /^\s*([A-Za-z_][A-Za-z0-9_-]*)\s*(==|!=|<=|>=|<|>)\s*("[^"]*"|[^\s"&]+)\s*(?:&&|$)/;
const maxConditions = 16;

/** Errors: `invalid-path-syntax`. */
export function readConditions(expression: string): Condition[] {
	const conditions: Condition[] = [];
	let rest = expression;
	do {
		const match = conditionShape.exec(rest);
		const [all, param, operator, value] = match ?? [];
		if (all === undefined || param === undefined || operator === undefined || value === undefined)
			throw new UspError('invalid-path-syntax', `search expression "${expression}": expected Name=="value"`);
		conditions.push({ param, operator: operator as Operator, value: literalOf(value, expression) });
		if (conditions.length > maxConditions)
			throw new UspError('invalid-path-syntax', `search expression with over ${maxConditions} comparisons`);
		rest = rest.slice(all.length);
		if (all.endsWith('&&') && rest.trim() === '')
			throw new UspError('invalid-path-syntax', `search expression "${expression}" ends in &&`);
	} while (rest !== '');
	return conditions;
}

/** Whether a row satisfies every condition; a parameter it does not have satisfies none. */
export function isMatch(conditions: readonly Condition[], params: Params): boolean {
	return conditions.every(({ param, operator, value }) => {
		const actual = Object.hasOwn(params, param) ? params[param] : undefined;
		return actual !== undefined && compare(actual, operator, value);
	});
}

function literalOf(text: string, expression: string): string | number | boolean {
	if (text.startsWith('"')) {
		// TR-369 2.5: quotes and percent signs inside a value are percent-encoded.
		return text.slice(1, -1).replaceAll('%22', '"').replaceAll('%25', '%');
	}
	if (text === 'true' || text === 'false') return text === 'true';
	const number = Number(text);
	if (Number.isFinite(number)) return number;
	throw new UspError('invalid-path-syntax', `search expression "${expression}": ${text} is no value`);
}

function compare(actual: ParamValue, operator: Operator, wanted: string | number | boolean): boolean {
	const [a, b] =
		typeof wanted === 'number' && typeof actual !== 'boolean'
			? [Number(actual), wanted]
			: [String(actual), String(wanted)];
	switch (operator) {
		case '==':
			return a === b;
		case '!=':
			return a !== b;
		case '<=':
			return a <= b;
		case '>=':
			return a >= b;
		case '<':
			return a < b;
		case '>':
			return a > b;
	}
}
