/** What can go wrong while the box reads a file of the operator's repository. */
import { CodedError } from '../../runtime/error.ts';

export const readErrors = {
	'repository-unreachable':
		'the repository did not answer in time; what was read so far is kept, try again later',
	'malformed-answer': 'the repository answered something else than was asked for',
	'read-refused': 'the repository does not serve this path',
} as const;

export class ReadError extends CodedError<keyof typeof readErrors> {
	override readonly name = 'ReadError';
}
