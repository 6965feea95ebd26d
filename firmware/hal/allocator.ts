/**
 * Has the C library give memory back to the machine that it holds and nobody uses. By itself it does so only at the end
 * of its heap, and behind a compilation something always stays there: megabytes lie free below it for ever.
 */
import { cLibrary } from './c-library.ts';

let trim: (() => void) | undefined;

/** Takes a millisecond or two, in which no thread gets memory of it. Where the library cannot be asked, nothing is done. */
export function trimAllocator(): void {
	trim ??= trimOfLibrary();
	trim();
}

function trimOfLibrary(): () => void {
	const library = cLibrary({ malloc_trim: { arguments: ['u64'], return: 'i32' } });
	return () => void library?.malloc_trim(0n);
}
