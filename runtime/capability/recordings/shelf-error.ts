/** Why something could not be done with a recording, and why one has ended before its end. */
import { CodedError } from '../../error.ts';

export const shelfErrors = {
	'recording-name': 'The name of a recording is not up to 64 of A-Z a-z 0-9 _ -, the first no - or _.',
	'recording-note': 'What a module notes of a recording is too long.',
	'recording-there': 'The module has a recording of this name already.',
	'recording-unknown': 'The module has no recording of this name.',
	'recording-over': 'The recording has ended, and takes nothing any more.',
	'recording-unfinished': 'The recording has not ended: nobody can play it yet.',
	'recording-misplaced': 'The bytes do not begin where the recording ends.',
	'recording-hasty': 'More bytes wait for the disk than a module may have waiting.',
	'recording-damaged':
		'What the disk has of the recording is not what was written: it ends with what is left.',
	'recordings-many': 'The module has as many recordings as it may have.',
	'recordings-full': 'The recordings of the module would be larger together than its manifest grants.',
	'box-full': 'The box grants no more to recordings, or so much of its disk has to stay free.',
} as const;

export type ShelfErrorCode = keyof typeof shelfErrors;

export class ShelfError extends CodedError<ShelfErrorCode> {
	override readonly name = 'ShelfError';
}
