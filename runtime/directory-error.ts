/** What can go wrong with a folder of files. */
import { CodedError } from './error.ts';

export const directoryErrors = {
	'bad-name': 'a file or folder name is not one path segment of A-Z a-z 0-9 . _ -',
	'disk-full': 'the disk has no room for the new file; the old one is untouched',
	io: 'the disk failed; a file being replaced is whole, either the old or the new one',
} as const;

export class DirectoryError extends CodedError<keyof typeof directoryErrors> {
	override readonly name = 'DirectoryError';
}
