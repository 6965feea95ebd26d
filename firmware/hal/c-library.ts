/** Functions of the C library that Node has no words for. */
type Parameter = 'u64' | 'i32';

export interface Signature {
	readonly arguments: readonly Parameter[];
	readonly return: 'i32';
}

type Values<Parameters> = { [At in keyof Parameters]: Parameters[At] extends 'u64' ? bigint : number };

export type Functions<Signatures extends Readonly<Record<string, Signature>>> = {
	readonly [Name in keyof Signatures]: (...values: Values<Signatures[Name]['arguments']>) => number;
};

interface ForeignFunctions {
	dlopen(library: string, signatures: object): { readonly functions: unknown };
}

/** Undefined where the library cannot be asked. */
export function cLibrary<const Signatures extends Readonly<Record<string, Signature>>>(
	signatures: Signatures,
): Functions<Signatures> | undefined {
	try {
		return foreignFunctions().dlopen('libc.so.6', signatures).functions as Functions<Signatures>;
	} catch {
		return undefined;
	}
}

/** Node warns of it as of all that is new: on a console nobody can do anything about that. */
function foreignFunctions(): ForeignFunctions {
	const { emitWarning } = process;
	process.emitWarning = () => undefined;
	try {
		return process.getBuiltinModule('node:ffi') as unknown as ForeignFunctions;
	} finally {
		process.emitWarning = emitWarning;
	}
}
