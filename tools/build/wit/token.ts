/** Cuts WIT text into tokens, each with its place and the doc comment above it. */
import { type Place, WitError } from './wit-error.ts';

export interface Token extends Place {
	readonly kind: 'name' | 'punctuation' | 'version' | 'end';
	readonly text: string;
	/** Written `%name`: never a keyword. */
	readonly isEscaped: boolean;
	readonly docs: string;
}

const pattern =
	/(?<space>\s+)|(?<doc>\/\/\/[^\n]*|\/\*\*(?!\/)[\s\S]*?\*\/)|(?<comment>\/\/[^\n]*|\/\*[\s\S]*?\*\/)|@(?<version>\d[0-9A-Za-z.+-]*)|(?<name>%?[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*)|(?<punctuation>->|\d+|[{}()<>:;,.=*@_]|\/(?!\*))/y;

/** @throws WitError `wit-syntax` on a character that no WIT has, or a comment without end */
export function tokenize(text: string, file: string): Token[] {
	const tokens: Token[] = [];
	const matcher = new RegExp(pattern);
	let docs: string[] = [];
	let line = 1;
	let lineStart = 0;
	const add = (kind: Token['kind'], { at, text, isEscaped = false }: NewToken) => {
		tokens.push({ kind, text, isEscaped, docs: docs.join('\n'), line, column: at - lineStart + 1 });
		docs = [];
	};
	for (let at = 0; at < text.length; at = matcher.lastIndex) {
		matcher.lastIndex = at;
		const groups = matcher.exec(text)?.groups;
		if (groups === undefined) {
			const place = `${file}:${line}:${at - lineStart + 1}`;
			throw new WitError('wit-syntax', `${place}: unexpected ${JSON.stringify(text[at])}`);
		}
		const { doc, name, version, punctuation } = groups;
		if (doc !== undefined) docs.push(...docLines(doc));
		else if (name !== undefined) {
			const isEscaped = name.startsWith('%');
			add('name', { at, text: isEscaped ? name.slice(1) : name, isEscaped });
		} else if (version !== undefined) {
			// In `a:b/c@1.0.0.{d}` the last dot belongs to the `use`.
			const exact = version.replace(/\.+$/, '');
			add('version', { at, text: exact });
			matcher.lastIndex = at + 1 + exact.length;
		} else if (punctuation !== undefined) add('punctuation', { at, text: punctuation });
		for (let i = at; i < matcher.lastIndex; i++) {
			if (text.charCodeAt(i) !== 10) continue;
			line++;
			lineStart = i + 1;
		}
	}
	add('end', { at: text.length, text: '' });
	return tokens;
}

interface NewToken {
	readonly at: number;
	readonly text: string;
	readonly isEscaped?: boolean;
}

function docLines(comment: string): string[] {
	if (comment.startsWith('///')) return [comment.slice(3).trim()];
	return comment
		.slice(3, -2)
		.split('\n')
		.map((line) => line.trim().replace(/^\* ?/, ''))
		.filter((line, index, all) => line !== '' || (index > 0 && index < all.length - 1));
}
