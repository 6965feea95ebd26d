/** What can go wrong with the operator's repository. */
import { CodedError } from '../../../runtime/error.ts';

export const repositoryErrors = {
	'repository-exists': 'there is a repository in this folder already: open it instead',
	'not-a-repository': 'there is no finished repository in this folder: create one',
	'repository-damaged':
		'a file of the repository cannot be read as what it should be: restore the folder from a copy',
	'repository-locked': 'another process has been changing the repository for too long',
	'key-missing': 'the key that must sign is not in the key folder: bring it back or rotate it',
	'bad-target-path': 'a target path must be segments of A-Z a-z 0-9 . _ - joined by /',
	'unknown-target': 'the repository has no such target',
} as const;

export class RepositoryError extends CodedError<keyof typeof repositoryErrors> {
	override readonly name = 'RepositoryError';
}
