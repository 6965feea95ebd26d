/** What a WIT text says before its names are looked up. */
import type { Body, Shape } from './model.ts';
import type { Place } from './wit-error.ts';

export interface Name extends Place {
	readonly name: string;
}

export type TypeSyntax = Shape<Name>;

export interface DefinitionSyntax extends Name {
	readonly docs: string;
	readonly body: Body<Name>;
}

export interface FuncSyntax extends Name {
	readonly docs: string;
	readonly params: readonly { readonly name: string; readonly type: TypeSyntax }[];
	readonly result: TypeSyntax | undefined;
}

export interface UseSyntax {
	readonly from: Name;
	readonly names: readonly { readonly name: Name; readonly as: Name }[];
}

export interface InterfaceSyntax extends Name {
	readonly docs: string;
	readonly uses: readonly UseSyntax[];
	readonly definitions: readonly DefinitionSyntax[];
	readonly funcs: readonly FuncSyntax[];
}

export interface WorldItemSyntax extends Name {
	/** A function of its own, or undefined for an interface of that name. */
	readonly func: FuncSyntax | undefined;
}

export interface WorldSyntax extends Name {
	readonly docs: string;
	readonly uses: readonly UseSyntax[];
	readonly definitions: readonly DefinitionSyntax[];
	readonly imports: readonly WorldItemSyntax[];
	readonly exports: readonly WorldItemSyntax[];
}

export interface PackageSyntax {
	readonly name: string;
	readonly version: string | undefined;
	readonly interfaces: readonly InterfaceSyntax[];
	readonly worlds: readonly WorldSyntax[];
}
