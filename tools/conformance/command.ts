/** The commands of a `.wast` script: what is to be made, called and asserted. */
import { ConformanceError } from './conformance-error.ts';
import { type Expression, headOf, type List, readExpressions, textOf } from './s-expression.ts';

/** A component as the script gives it. */
export interface Source {
	readonly form: 'text' | 'quote' | 'binary';
	/** Of `text`, the whole expression; of `quote`, what is quoted. */
	readonly text: string;
	/** Of `binary`. */
	readonly bytes: Uint8Array;
}

export interface Invocation {
	readonly name: string;
	readonly values: readonly Expression[];
}

export type Command = { readonly line: number } & (
	| {
			readonly kind: 'component';
			readonly id: string | undefined;
			readonly source: Source;
			readonly starts: boolean;
	  }
	| { readonly kind: 'instance'; readonly definition: string | undefined }
	/** The bytes must be refused: `assert_invalid` and `assert_malformed`. */
	| { readonly kind: 'refused'; readonly head: string; readonly source: Source }
	| { readonly kind: 'returns'; readonly call: Invocation; readonly expected: readonly Expression[] }
	| { readonly kind: 'traps'; readonly call: Invocation }
	/** Instantiating it must trap. */
	| { readonly kind: 'start-traps'; readonly source: Source }
	| { readonly kind: 'invoke'; readonly call: Invocation }
	| { readonly kind: 'other'; readonly head: string }
);

/** @throws ConformanceError `bad-script` */
export function readCommands(text: string): Command[] {
	return readExpressions(text).map((list) => ({ line: list.line, ...readCommand(list, text) }) as Command);
}

type Bare<T> = T extends unknown ? Omit<T, 'line'> : never;

function readCommand(list: List, text: string): Bare<Command> {
	const head = headOf(list) ?? '';
	const [, first, ...rest] = list.items;
	const firstHead = headOf(first);
	if (head === 'component') {
		const keyword = textOf(first);
		if (keyword === 'instance')
			return { kind: 'instance', definition: list.items.map(textOf).findLast(isIdentifier) };
		return { kind: 'component', starts: keyword !== 'definition', ...readComponent(list, text) };
	}
	if (head === 'invoke') return { kind: 'invoke', call: readInvocation(list) };
	if (firstHead === 'component' && (head === 'assert_invalid' || head === 'assert_malformed'))
		return { kind: 'refused', head, source: readComponent(first as List, text).source };
	if (firstHead === 'component' && head === 'assert_trap' && textOf((first as List).items[1]) !== 'instance')
		return { kind: 'start-traps', source: readComponent(first as List, text).source };
	if (firstHead === 'invoke' && head === 'assert_return')
		return { kind: 'returns', call: readInvocation(first as List), expected: rest };
	if (firstHead === 'invoke' && head === 'assert_trap')
		return { kind: 'traps', call: readInvocation(first as List) };
	return { kind: 'other', head };
}

const isIdentifier = (word: string | undefined): boolean => word?.startsWith('$') ?? false;

function readInvocation({ items, line }: List): Invocation {
	const name = items.findIndex(({ kind }) => kind === 'quoted');
	if (name === -1) throw new ConformanceError('bad-script', `line ${line}: a call without a name`);
	return { name: textOf(items[name]) ?? '', values: items.slice(name + 1) };
}

function readComponent(list: List, text: string): { id: string | undefined; source: Source } {
	let at = 1;
	const isWord = (wanted: string): boolean => {
		const item = list.items[at];
		return item?.kind === 'word' && item.text === wanted;
	};
	let behind = list.items[0]?.to ?? list.to;
	if (isWord('definition')) behind = list.items[at++]?.to ?? behind;
	const id = isIdentifier(textOf(list.items[at])) ? textOf(list.items[at++]) : undefined;
	for (const form of ['binary', 'quote'] as const) {
		if (!isWord(form)) continue;
		const parts = list.items
			.slice(at + 1)
			.map((item) => (item.kind === 'quoted' ? item.bytes : new Uint8Array(0)));
		const bytes = new Uint8Array(Buffer.concat(parts));
		return { id, source: { form, bytes, text: form === 'quote' ? new TextDecoder().decode(bytes) : '' } };
	}
	const source = `(component${text.slice(behind, list.to)}`;
	return { id, source: { form: 'text', text: source, bytes: new Uint8Array(0) } };
}
