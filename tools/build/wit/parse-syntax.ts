/** Reads WIT text into its syntax tree, by recursive descent. */
import { type Primitive, primitives } from './model.ts';
import type {
	DefinitionSyntax,
	FuncSyntax,
	InterfaceSyntax,
	Name,
	PackageSyntax,
	TypeSyntax,
	UseSyntax,
	WorldItemSyntax,
	WorldSyntax,
} from './syntax.ts';
import { type Token, tokenize } from './token.ts';
import { type Place, WitError, type witErrors } from './wit-error.ts';

const unsupportedTypes = new Set(['own', 'borrow', 'stream', 'future', 'error-context', 'map']);
const declarations = new Set(['record', 'variant', 'enum', 'flags', 'type', 'resource']);
const keywords = new Set([
	...primitives,
	...unsupportedTypes,
	...declarations,
	...['as', 'async', 'constructor', 'export', 'from', 'func', 'import', 'include', 'interface', 'list'],
	...['option', 'package', 'result', 'static', 'tuple', 'use', 'with', 'world'],
]);

/** @throws WitError `wit-syntax` or `wit-unsupported`, with the place */
export function parseSyntax(text: string, file: string): PackageSyntax {
	return new Parser(tokenize(text, file), file).package();
}

class Parser {
	readonly #tokens: readonly Token[];
	readonly #file: string;
	#at = 0;

	constructor(tokens: readonly Token[], file: string) {
		this.#tokens = tokens;
		this.#file = file;
	}

	package(): PackageSyntax {
		this.#expect('package');
		const names = [this.#name().name];
		this.#expect(':');
		names.push(this.#name().name);
		const version = this.#next.kind === 'version' ? this.#take().text : undefined;
		if (this.#next.text === '{') this.#unsupported('a package block', this.#next);
		this.#expect(';');
		const interfaces: InterfaceSyntax[] = [];
		const worlds: WorldSyntax[] = [];
		while (this.#next.kind !== 'end') {
			const { docs } = this.#gate();
			if (this.#accept('interface')) interfaces.push({ ...this.#name(), docs, ...this.#interface() });
			else if (this.#accept('world')) worlds.push({ ...this.#name(), docs, ...this.#world() });
			else if (this.#next.text === 'use')
				this.#unsupported('`use` outside an interface or world', this.#next);
			else if (this.#next.text === 'package') this.#unsupported('a second package', this.#next);
			else this.#unexpected('`interface` or `world`');
		}
		return { name: names.join(':'), version, interfaces, worlds };
	}

	#interface(): Pick<InterfaceSyntax, 'uses' | 'definitions' | 'funcs'> {
		const uses: UseSyntax[] = [];
		const definitions: DefinitionSyntax[] = [];
		const funcs: FuncSyntax[] = [];
		this.#expect('{');
		while (!this.#accept('}')) {
			const { docs } = this.#gate();
			if (this.#accept('use')) uses.push(this.#use());
			else if (this.#isDeclaration()) definitions.push(this.#definition(docs));
			else {
				const name = this.#name();
				this.#expect(':');
				funcs.push(this.#func(name, docs));
			}
		}
		return { uses, definitions, funcs };
	}

	#world(): Pick<WorldSyntax, 'uses' | 'definitions' | 'imports' | 'exports'> {
		const uses: UseSyntax[] = [];
		const definitions: DefinitionSyntax[] = [];
		const imports: WorldItemSyntax[] = [];
		const exports: WorldItemSyntax[] = [];
		this.#expect('{');
		while (!this.#accept('}')) {
			const { docs } = this.#gate();
			if (this.#accept('use')) uses.push(this.#use());
			else if (this.#isDeclaration()) definitions.push(this.#definition(docs));
			else if (this.#accept('import')) imports.push(this.#worldItem(docs));
			else if (this.#accept('export')) exports.push(this.#worldItem(docs));
			else if (this.#next.text === 'include') this.#unsupported('`include`', this.#next);
			else this.#unexpected('`import`, `export`, `use`, a type or `}`');
		}
		return { uses, definitions, imports, exports };
	}

	#worldItem(docs: string): WorldItemSyntax {
		const name = this.#name();
		if (this.#next.text === ':' && this.#ahead(2)?.text === '/') {
			this.#unsupported('an interface of another package', name);
		}
		if (!this.#accept(':')) {
			this.#expect(';');
			return { ...name, func: undefined };
		}
		if (this.#next.text === 'interface') this.#unsupported('an interface inside a world', this.#next);
		return { ...name, func: this.#func(name, docs) };
	}

	#use(): UseSyntax {
		const from = this.#name();
		if (this.#next.text === ':') this.#unsupported('an interface of another package', from);
		this.#expect('.');
		this.#expect('{');
		const names = this.#commaSeparated('}', () => {
			const name = this.#name();
			return { name, as: this.#accept('as') ? this.#name() : name };
		});
		this.#expect(';');
		return { from, names };
	}

	#func(name: Name, docs: string): FuncSyntax {
		if (this.#next.text === 'async') this.#unsupported('an async function', this.#next);
		this.#expect('func');
		this.#expect('(');
		const params = this.#commaSeparated(')', () => {
			const param = this.#name();
			this.#expect(':');
			return { ...param, type: this.#type() };
		});
		this.#distinct(params, 'parameter');
		const result = this.#accept('->') ? this.#type() : undefined;
		this.#expect(';');
		return { ...name, docs, params, result };
	}

	#isDeclaration(): boolean {
		return !this.#next.isEscaped && declarations.has(this.#next.text);
	}

	#definition(docs: string): DefinitionSyntax {
		const keyword = this.#take();
		if (keyword.text === 'resource') this.#unsupported('a resource', keyword);
		const name = this.#name();
		if (keyword.text === 'type') {
			this.#expect('=');
			const target = this.#type();
			this.#expect(';');
			return { ...name, docs, body: { kind: 'alias', target } };
		}
		this.#expect('{');
		const members = this.#commaSeparated('}', () => this.#member(keyword.text));
		this.#distinct(members, `member of ${name.name}`);
		if (members.length === 0)
			this.#fail('wit-syntax', { at: name, message: `${keyword.text} ${name.name} is empty` });
		return { ...name, docs, body: this.#body({ keyword: keyword.text, name, members }) };
	}

	#body({
		keyword,
		name,
		members,
	}: {
		keyword: string;
		name: Name;
		members: Member[];
	}): DefinitionSyntax['body'] {
		if (keyword === 'record') {
			return {
				kind: 'record',
				fields: members.map((member) => ({ ...member, type: member.type as TypeSyntax })),
			};
		}
		if (keyword === 'flags') {
			if (members.length > 32) this.#unsupported('a flags type of more than 32 flags', name);
			return { kind: 'flags', flags: members };
		}
		return { kind: keyword as 'variant' | 'enum', cases: members };
	}

	#member(keyword: string): Member {
		const { docs } = this.#gate();
		const name = this.#name();
		if (keyword === 'record') {
			this.#expect(':');
			return { ...name, docs, type: this.#type() };
		}
		if (keyword === 'variant' && this.#accept('(')) {
			const type = this.#type();
			this.#expect(')');
			return { ...name, docs, type };
		}
		return { ...name, docs, type: undefined };
	}

	#type(): TypeSyntax {
		const token = this.#next;
		if (token.kind !== 'name') this.#unexpected('a type');
		const { text } = token;
		if (token.isEscaped || !keywords.has(text)) return { kind: 'named', definition: this.#name() };
		this.#take();
		if ((primitives as readonly string[]).includes(text)) return { kind: text as Primitive };
		if (unsupportedTypes.has(text)) this.#unsupported(`the type \`${text}\``, token);
		if (text === 'list' || text === 'option') {
			this.#expect('<');
			const element = this.#type();
			if (this.#next.text === ',') this.#unsupported('a list of fixed length', this.#next);
			this.#expect('>');
			return { kind: text, element };
		}
		if (text === 'tuple') {
			this.#expect('<');
			const items = this.#commaSeparated('>', () => this.#type());
			if (items.length === 0)
				this.#fail('wit-syntax', { at: token, message: 'a tuple needs at least one type' });
			return { kind: 'tuple', items };
		}
		if (text === 'result') return { kind: 'result', ...this.#resultTypes() };
		this.#at--;
		return this.#unexpected('a type');
	}

	#resultTypes(): { ok: TypeSyntax | undefined; error: TypeSyntax | undefined } {
		if (!this.#accept('<')) return { ok: undefined, error: undefined };
		const ok = this.#accept('_') ? undefined : this.#type();
		const error = this.#accept(',') ? this.#type() : undefined;
		this.#expect('>');
		return { ok, error };
	}

	#commaSeparated<Item>(end: string, item: () => Item): Item[] {
		const items: Item[] = [];
		while (!this.#accept(end)) {
			items.push(item());
			if (!this.#accept(',')) {
				this.#expect(end);
				break;
			}
		}
		return items;
	}

	/** Feature gates (`@since`, `@unstable`) would make the text mean different things to different tools. */
	#gate(): Token {
		if (this.#next.text === '@') this.#unsupported('a feature gate', this.#next);
		return this.#next;
	}

	#name(): Name {
		const token = this.#next;
		if (token.kind !== 'name') this.#unexpected('a name');
		if (!token.isEscaped && keywords.has(token.text)) {
			const message = `\`${token.text}\` is a keyword of WIT; write %${token.text} to use it as a name`;
			this.#fail('wit-syntax', { at: token, message });
		}
		if (
			!token.text
				.split('-')
				.every(
					(word) => /^[A-Za-z]/.test(word) && (word === word.toLowerCase() || word === word.toUpperCase()),
				)
		) {
			this.#fail('wit-syntax', { at: token, message: `\`${token.text}\` is not kebab-case` });
		}
		this.#take();
		return { name: token.text, line: token.line, column: token.column };
	}

	#distinct(names: readonly { readonly name: string }[], what: string): void {
		const seen = new Set<string>();
		for (const each of names as readonly Name[]) {
			const key = each.name.toLowerCase();
			if (seen.has(key))
				this.#fail('wit-duplicate-name', { at: each, message: `second ${what} named ${each.name}` });
			seen.add(key);
		}
	}

	get #next(): Token {
		return this.#ahead(0) as Token;
	}

	#ahead(count: number): Token | undefined {
		return this.#tokens[this.#at + count];
	}

	#take(): Token {
		const token = this.#next;
		if (token.kind !== 'end') this.#at++;
		return token;
	}

	#accept(text: string): boolean {
		const isNext = this.#next.text === text && !this.#next.isEscaped;
		if (isNext && this.#next.kind !== 'end') this.#at++;
		return isNext;
	}

	#expect(text: string): void {
		if (!this.#accept(text)) this.#unexpected(`\`${text}\``);
	}

	#unexpected(wanted: string): never {
		const { kind, text } = this.#next;
		const found = kind === 'end' ? 'the end of the text' : `\`${text}\``;
		return this.#fail('wit-syntax', { at: this.#next, message: `expected ${wanted}, found ${found}` });
	}

	#unsupported(what: string, at: Place): never {
		return this.#fail('wit-unsupported', {
			at,
			message: `${what} is not supported in the worlds of services`,
		});
	}

	#fail(code: keyof typeof witErrors, { at, message }: { at: Place; message: string }): never {
		throw new WitError(code, `${this.#file}:${at.line}:${at.column}: ${message}`);
	}
}

interface Member extends Name {
	readonly docs: string;
	readonly type: TypeSyntax | undefined;
}
