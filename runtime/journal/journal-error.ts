/** What can go wrong with a journal. */
import { CodedError } from '../error.ts';

export const journalErrors = {
	'disk-full': 'the disk has no room for the journal; turns are held and go on by themselves when there is',
	io: 'the disk failed under the journal; turns are held and go on by themselves when it works again',
	'format-unknown': 'the journal was written by a version of the platform that this one cannot read',
	'other-cell': 'the folder holds the journal of another cell',
	'too-large': 'a record is larger than the journal takes',
	'held-full': 'more was appended than the journal may hold in memory; ask hasRoom before a turn',
	closed: 'the journal has been closed',
} as const;

export type JournalErrorCode = keyof typeof journalErrors;

export class JournalError extends CodedError<JournalErrorCode> {
	override readonly name = 'JournalError';
}
