/**
 * Values as scripts write them, and as glue takes and gives them.
 *
 * Glue writes records and flags as objects with names in camel case, variants as `{ tag, val }`, an
 * option as its value or undefined, and lists of numbers as typed arrays or arrays.
 */
import { ConformanceError } from './conformance-error.ts';
import { type Expression, headOf, type List, textOf } from './s-expression.ts';

/** @throws ConformanceError `bad-script` */
export function hostValue(expression: Expression): unknown {
	const head = headOf(expression);
	if (head === undefined || expression.kind !== 'list') throw unknownConstant(expression);
	return constantOf(head, expression.items.slice(1), expression);
}

function constantOf(head: string, items: readonly Expression[], at: Expression): unknown {
	const text = textOf(items[0]) ?? '';
	switch (head) {
		case 'bool.const':
			return text === 'true';
		case 'u64.const':
		case 's64.const':
			return integer(text);
		case 'u8.const':
		case 's8.const':
		case 'u16.const':
		case 's16.const':
		case 'u32.const':
		case 's32.const':
			return Number(integer(text));
		case 'f32.const':
		case 'f64.const':
			return float(text);
		case 'char.const':
		case 'str.const':
		case 'enum.const':
			return text;
		case 'list.const':
		case 'tuple.const':
			return items.map(hostValue);
		case 'record.const':
			return Object.fromEntries(items.map(field));
		case 'flags.const':
			return Object.fromEntries(items.map((item) => [camelCase(textOf(item) ?? ''), true]));
		case 'variant.const':
			return { tag: text, ...(items[1] && { val: hostValue(items[1]) }) };
		case 'option.none':
			return undefined;
		case 'option.some':
			return items[0] && hostValue(items[0]);
		case 'result.ok':
		case 'result.err':
			return { tag: head.slice('result.'.length), ...(items[0] && { val: hostValue(items[0]) }) };
		default:
			throw unknownConstant(at);
	}
}

/** `(field "name" u32.const 7)`: the constant in it has no parentheses of its own. */
function field(expression: Expression): [string, unknown] {
	const [, name, head, ...items] = (expression as List).items;
	const key = camelCase(textOf(name) ?? '');
	if (head?.kind === 'list') return [key, hostValue(head)];
	return [key, constantOf(textOf(head) ?? '', items, expression)];
}

/** Whether glue gave what the script expects; a flag that is not expected is false. */
export function isSame(expected: unknown, given: unknown): boolean {
	if (Array.isArray(expected) && (Array.isArray(given) || ArrayBuffer.isView(given))) {
		const all = [...(given as Iterable<unknown>)];
		return all.length === expected.length && all.every((each, place) => isSame(expected[place], each));
	}
	if (typeof expected !== 'object' || expected === null) return Object.is(expected, given);
	if (typeof given !== 'object' || given === null) return false;
	const names = new Set([...Object.keys(expected), ...Object.keys(given)]);
	const of = (value: object, name: string): unknown => (value as Record<string, unknown>)[name] ?? false;
	return [...names].every((name) => isSame(of(expected, name), of(given, name)));
}

/** A kebab-case name as glue writes it. */
export function camelCase(name: string): string {
	const [first = '', ...rest] = name.split('-');
	const capital = (part: string): string => `${part.slice(0, 1).toUpperCase()}${part.slice(1).toLowerCase()}`;
	return [first.toLowerCase(), ...rest.map(capital)].join('');
}

function integer(text: string): bigint {
	const plain = text.replaceAll('_', '');
	const size = BigInt(plain.replace(/^[+-]/, ''));
	return plain.startsWith('-') ? -size : size;
}

function float(text: string): number {
	const size = text.replaceAll('_', '').replace(/^[+-]/, '');
	if (size.startsWith('nan')) return Number.NaN;
	const value = size === 'inf' ? Number.POSITIVE_INFINITY : Number(size);
	return text.startsWith('-') ? -value : value;
}

function unknownConstant({ line }: Expression): ConformanceError {
	return new ConformanceError('bad-script', `line ${line}: no constant that is known`);
}
