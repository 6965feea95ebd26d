/**
 * Has the C library give memory back to the machine that it holds and nobody uses. By itself it does so only at the end
 * of its heap, and behind a compilation something always stays there: megabytes lie free below it for ever.
 */
interface Library {
	readonly functions: { malloc_trim(pad: bigint): number };
}

interface ForeignFunctions {
	dlopen(library: string, functions: object): Library;
}

let trim: (() => void) | undefined;

/** Takes a millisecond or two, in which no thread gets memory of it. Where the library cannot be asked, nothing is done. */
export function trimAllocator(): void {
	trim ??= trimOfLibrary();
	trim();
}

function trimOfLibrary(): () => void {
	try {
		const { functions } = foreignFunctions().dlopen('libc.so.6', {
			malloc_trim: { arguments: ['u64'], return: 'i32' },
		});
		return () => void functions.malloc_trim(0n);
	} catch {
		return () => undefined;
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
