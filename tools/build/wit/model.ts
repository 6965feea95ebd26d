/** What a WIT package says, with every name resolved. */

export const primitives = [
	'bool',
	's8',
	'u8',
	's16',
	'u16',
	's32',
	'u32',
	's64',
	'u64',
	'f32',
	'f64',
	'char',
	'string',
] as const;

export type Primitive = (typeof primitives)[number];

/** A type; `Reference` is what stands for a declared one: a definition here, a mere name in the syntax tree. */
export type Shape<Reference> =
	| { readonly kind: Primitive }
	| { readonly kind: 'list'; readonly element: Shape<Reference> }
	| { readonly kind: 'option'; readonly element: Shape<Reference> }
	| {
			readonly kind: 'result';
			readonly ok: Shape<Reference> | undefined;
			readonly error: Shape<Reference> | undefined;
	  }
	| { readonly kind: 'tuple'; readonly items: readonly Shape<Reference>[] }
	| { readonly kind: 'named'; readonly definition: Reference };

export interface Field<Reference> {
	readonly name: string;
	readonly docs: string;
	readonly type: Shape<Reference>;
}

export interface Case<Reference> {
	readonly name: string;
	readonly docs: string;
	readonly type: Shape<Reference> | undefined;
}

export type Body<Reference> =
	| { readonly kind: 'record'; readonly fields: readonly Field<Reference>[] }
	/** Enums are variants whose cases all carry nothing. */
	| { readonly kind: 'variant'; readonly cases: readonly Case<Reference>[] }
	| { readonly kind: 'enum'; readonly cases: readonly Case<Reference>[] }
	| { readonly kind: 'flags'; readonly flags: readonly { readonly name: string; readonly docs: string }[] }
	| { readonly kind: 'alias'; readonly target: Shape<Reference> };

export interface Definition {
	readonly name: string;
	readonly docs: string;
	/** Name of the interface or world that declares it. */
	readonly owner: string;
	readonly body: Body<Definition>;
}

export type Type = Shape<Definition>;

export interface Func {
	readonly name: string;
	readonly docs: string;
	readonly params: readonly { readonly name: string; readonly type: Type }[];
	readonly result: Type | undefined;
}

export interface Interface {
	readonly name: string;
	/** As it stands in a core module: `mullion:service/log@0.1.0`. */
	readonly id: string;
	readonly docs: string;
	/** Declared here, in order; what it only uses of others is not among them. */
	readonly definitions: readonly Definition[];
	readonly funcs: readonly Func[];
}

export type WorldItem =
	| { readonly kind: 'interface'; readonly interface: Interface }
	| { readonly kind: 'func'; readonly func: Func };

export interface World {
	readonly name: string;
	readonly docs: string;
	readonly definitions: readonly Definition[];
	readonly imports: readonly WorldItem[];
	readonly exports: readonly WorldItem[];
}

export interface Package {
	/** `mullion:service`. */
	readonly name: string;
	readonly version: string | undefined;
	readonly interfaces: readonly Interface[];
	readonly worlds: readonly World[];
}
