/** Reads the s-expressions of a `.wast` file (core spec 6.3), with where each of them stands. */
import { ConformanceError } from './conformance-error.ts';

interface Place {
	/** Of its first character, from 1. */
	readonly line: number;
	/** Offsets in the text: from its first character to behind its last. */
	readonly from: number;
	readonly to: number;
}

export interface Word extends Place {
	readonly kind: 'word';
	readonly text: string;
}

/** What stands between quotes, which need not be UTF-8. */
export interface Quoted extends Place {
	readonly kind: 'quoted';
	readonly bytes: Uint8Array;
}

export interface List extends Place {
	readonly kind: 'list';
	readonly items: readonly Expression[];
}

export type Expression = Word | Quoted | List;

/** @throws ConformanceError `bad-script` */
export function readExpressions(text: string): List[] {
	const reader = new Reader(text);
	const lists: List[] = [];
	for (let next = reader.next(); next !== undefined; next = reader.next()) {
		if (next.kind !== 'list') throw new ConformanceError('bad-script', `line ${next.line}: not a list`);
		lists.push(next);
	}
	return lists;
}

/** The word, or the text between quotes, of an expression; undefined for a list. */
export function textOf(expression: Expression | undefined): string | undefined {
	if (expression?.kind === 'word') return expression.text;
	return expression?.kind === 'quoted' ? new TextDecoder().decode(expression.bytes) : undefined;
}

/** A list's first word. */
export function headOf(expression: Expression | undefined): string | undefined {
	if (expression?.kind !== 'list') return undefined;
	const [first] = expression.items;
	return first?.kind === 'word' ? first.text : undefined;
}

const word = /[^\s()";]+/y;
const quoted = /"((?:[^"\\]|\\[\s\S])*)"/y;
const space = /(?:\s+|;;[^\n]*)+/y;

class Reader {
	readonly #text: string;
	#at = 0;
	#line = 1;

	constructor(text: string) {
		this.#text = text;
	}

	/** Undefined at the end of the text or of the list around. */
	next(): Expression | undefined {
		this.#skip();
		const line = this.#line;
		const from = this.#at;
		const first = this.#text[from];
		if (first === undefined || first === ')') return undefined;
		if (first === '(') {
			this.#move(1);
			const items: Expression[] = [];
			for (let item = this.next(); item !== undefined; item = this.next()) items.push(item);
			if (this.#text[this.#at] !== ')') throw this.#bad('a list has no end');
			this.#move(1);
			return { kind: 'list', items, line, from, to: this.#at };
		}
		const found = this.#match(first === '"' ? quoted : word);
		if (found === undefined) throw this.#bad(`"${first}" begins nothing`);
		const place = { line, from, to: this.#at };
		if (first === '"') return { kind: 'quoted', bytes: unquoted(found[1] ?? ''), ...place };
		return { kind: 'word', text: found[0], ...place };
	}

	#skip(): void {
		while (this.#match(space) !== undefined || this.#text.startsWith('(;', this.#at))
			if (this.#text.startsWith('(;', this.#at)) this.#skipBlock();
	}

	/** Block comments nest. */
	#skipBlock(): void {
		let depth = 0;
		do {
			const here = this.#text.slice(this.#at, this.#at + 2);
			if (here === '') throw this.#bad('a comment has no end');
			if (here === '(;') depth++;
			if (here === ';)') depth--;
			this.#move(here === '(;' || here === ';)' ? 2 : 1);
		} while (depth > 0);
	}

	#match(pattern: RegExp): RegExpExecArray | undefined {
		pattern.lastIndex = this.#at;
		const found = pattern.exec(this.#text) ?? undefined;
		if (found !== undefined) this.#move(found[0].length);
		return found;
	}

	#move(length: number): void {
		for (let at = this.#at; at < this.#at + length; at++) if (this.#text[at] === '\n') this.#line++;
		this.#at += length;
	}

	#bad(why: string): ConformanceError {
		return new ConformanceError('bad-script', `line ${this.#line}: ${why}`);
	}
}

const escapes: Readonly<Record<string, string>> = {
	t: '\t',
	n: '\n',
	r: '\r',
	'"': '"',
	"'": "'",
	'\\': '\\',
};
const escaped = /\\(?:([tnr"'\\])|u\{([0-9a-fA-F_]+)\}|([0-9a-fA-F]{2}))/g;

function unquoted(text: string): Uint8Array {
	const parts: Uint8Array[] = [];
	let at = 0;
	for (const { 0: all, 1: short, 2: point, 3: byte, index } of text.matchAll(escaped)) {
		parts.push(Buffer.from(text.slice(at, index)));
		if (byte !== undefined) parts.push(Uint8Array.of(Number.parseInt(byte, 16)));
		else if (point !== undefined)
			parts.push(Buffer.from(String.fromCodePoint(Number.parseInt(point.replaceAll('_', ''), 16))));
		else parts.push(Buffer.from(escapes[short ?? ''] ?? ''));
		at = index + all.length;
	}
	parts.push(Buffer.from(text.slice(at)));
	return new Uint8Array(Buffer.concat(parts));
}
