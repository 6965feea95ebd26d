/** Why a program cannot have a box, where the box itself has no code for it. */
import { CodedError } from '../../runtime/error.ts';

export const libraryErrors = {
	'already-open':
		'A box of this endpoint id, or one that keeps its state in this folder, is open in this process.',
	'not-opened': 'The box could not be opened for a reason that has no code of its own: see the cause.',
} as const;

export class LibraryError extends CodedError<keyof typeof libraryErrors> {
	override readonly name = 'LibraryError';
}
