/** Reads WIT text into a package whose every name is resolved. */
import type { Body, Definition, Func, Interface, Package, Type, World, WorldItem } from './model.ts';
import { parseSyntax } from './parse-syntax.ts';
import type {
	DefinitionSyntax,
	FuncSyntax,
	InterfaceSyntax,
	Name,
	PackageSyntax,
	TypeSyntax,
	UseSyntax,
	WorldItemSyntax,
} from './syntax.ts';
import { WitError, type witErrors } from './wit-error.ts';

/**
 * Supports what the worlds of services use: no resources, no async, one package per text.
 *
 * @param file name of the text in error messages
 * @throws WitError, its message starting with `file:line:column`
 */
export function parseWit(text: string, file = 'world.wit'): Package {
	return new Resolver(parseSyntax(text, file), file).package();
}

type Scope = Map<string, Definition>;

class Resolver {
	readonly #syntax: PackageSyntax;
	readonly #file: string;
	readonly #interfaces = new Map<string, Interface>();
	readonly #scopes = new Map<string, Scope>();
	/** Interfaces whose `use` is being followed, to notice a circle. */
	readonly #open = new Set<string>();

	constructor(syntax: PackageSyntax, file: string) {
		this.#syntax = syntax;
		this.#file = file;
	}

	package(): Package {
		const { name, version, interfaces, worlds } = this.#syntax;
		this.#distinct([...interfaces, ...worlds]);
		return {
			name,
			version,
			interfaces: interfaces.map((each) => this.#interface(each)),
			worlds: worlds.map((world): World => {
				const { scope, definitions } = this.#scope(world);
				this.#distinct(world.imports);
				this.#distinct(world.exports);
				return {
					name: world.name,
					docs: world.docs,
					definitions,
					imports: world.imports.map((item) => this.#worldItem(item, scope)),
					exports: world.exports.map((item) => this.#worldItem(item, scope)),
				};
			}),
		};
	}

	#worldItem(item: WorldItemSyntax, scope: Scope): WorldItem {
		if (item.func !== undefined) return { kind: 'func', func: this.#func(item.func, scope) };
		return { kind: 'interface', interface: this.#interfaceNamed(item) };
	}

	#interfaceNamed(name: Name): Interface {
		const syntax = this.#syntax.interfaces.find((each) => each.name === name.name);
		if (syntax === undefined)
			this.#fail('wit-unknown-name', { at: name, message: `no interface ${name.name}` });
		return this.#interface(syntax as InterfaceSyntax);
	}

	#interface(syntax: InterfaceSyntax): Interface {
		const known = this.#interfaces.get(syntax.name);
		if (known !== undefined) return known;
		if (this.#open.has(syntax.name)) {
			this.#fail('wit-recursive-type', { at: syntax, message: `interface ${syntax.name} uses itself` });
		}
		this.#open.add(syntax.name);
		const { name, version } = this.#syntax;
		const { scope, definitions } = this.#scope(syntax);
		this.#distinct([...syntax.definitions, ...syntax.funcs]);
		const result: Interface = {
			name: syntax.name,
			id: `${name}/${syntax.name}${version === undefined ? '' : `@${version}`}`,
			docs: syntax.docs,
			definitions,
			funcs: syntax.funcs.map((func) => this.#func(func, scope)),
		};
		this.#interfaces.set(syntax.name, result);
		this.#scopes.set(syntax.name, scope);
		this.#open.delete(syntax.name);
		return result;
	}

	#scope(owner: Owner): { scope: Scope; definitions: Definition[] } {
		const scope: Scope = new Map();
		for (const { from, names } of owner.uses) {
			this.#interfaceNamed(from);
			for (const { name, as } of names) {
				const definition = this.#scopes.get(from.name)?.get(name.name);
				if (definition === undefined) {
					this.#fail('wit-unknown-name', { at: name, message: `no type ${name.name} in ${from.name}` });
				}
				if (scope.has(as.name)) this.#fail('wit-duplicate-name', { at: as, message: `second ${as.name}` });
				scope.set(as.name, definition as Definition);
			}
		}
		const open = new Set<string>();
		const define = (syntax: DefinitionSyntax): Definition => {
			const known = scope.get(syntax.name);
			if (known !== undefined) return known;
			if (open.has(syntax.name)) {
				this.#fail('wit-recursive-type', { at: syntax, message: `${syntax.name} contains itself` });
			}
			open.add(syntax.name);
			const body = mapBody(syntax.body, find);
			const definition = { name: syntax.name, docs: syntax.docs, owner: owner.name, body };
			scope.set(syntax.name, definition);
			return definition;
		};
		const find = (name: Name): Definition => {
			const syntax = owner.definitions.find((each) => each.name === name.name);
			if (syntax !== undefined) return define(syntax);
			return this.#find(name, scope);
		};
		for (const each of owner.definitions) {
			if (
				scope.has(each.name) &&
				owner.uses.some(({ names }) => names.some(({ as }) => as.name === each.name))
			) {
				this.#fail('wit-duplicate-name', { at: each, message: `second ${each.name}` });
			}
		}
		this.#distinct(owner.definitions);
		return { scope, definitions: owner.definitions.map(define) };
	}

	#find(name: Name, scope: Scope): Definition {
		const definition = scope.get(name.name);
		if (definition === undefined)
			this.#fail('wit-unknown-name', { at: name, message: `no type ${name.name}` });
		return definition as Definition;
	}

	#func(func: FuncSyntax, scope: Scope): Func {
		const type = (syntax: TypeSyntax) => mapType(syntax, (name) => this.#find(name, scope));
		return {
			name: func.name,
			docs: func.docs,
			params: func.params.map((param) => ({ name: param.name, type: type(param.type) })),
			result: func.result && type(func.result),
		};
	}

	#distinct(names: readonly Name[]): void {
		const seen = new Set<string>();
		for (const each of names) {
			const key = each.name.toLowerCase();
			if (seen.has(key)) this.#fail('wit-duplicate-name', { at: each, message: `second ${each.name}` });
			seen.add(key);
		}
	}

	#fail(code: keyof typeof witErrors, { at, message }: { at: Name; message: string }): never {
		throw new WitError(code, `${this.#file}:${at.line}:${at.column}: ${message}`);
	}
}

interface Owner extends Name {
	readonly uses: readonly UseSyntax[];
	readonly definitions: readonly DefinitionSyntax[];
}

function mapBody(body: Body<Name>, find: (name: Name) => Definition): Body<Definition> {
	switch (body.kind) {
		case 'record':
			return {
				kind: 'record',
				fields: body.fields.map((field) => ({ ...field, type: mapType(field.type, find) })),
			};
		case 'variant':
		case 'enum':
			return {
				kind: body.kind,
				cases: body.cases.map((each) => ({ ...each, type: each.type && mapType(each.type, find) })),
			};
		case 'flags':
			return body;
		case 'alias':
			return { kind: 'alias', target: mapType(body.target, find) };
	}
}

function mapType(type: TypeSyntax, find: (name: Name) => Definition): Type {
	switch (type.kind) {
		case 'named':
			return { kind: 'named', definition: find(type.definition) };
		case 'list':
		case 'option':
			return { kind: type.kind, element: mapType(type.element, find) };
		case 'result':
			return {
				kind: 'result',
				ok: type.ok && mapType(type.ok, find),
				error: type.error && mapType(type.error, find),
			};
		case 'tuple':
			return { kind: 'tuple', items: type.items.map((item) => mapType(item, find)) };
		default:
			return { kind: type.kind };
	}
}
