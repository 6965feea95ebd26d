/** Why the box does not believe what a repository says. Cites the client workflow of TUF 1.0.31. */
import { CodedError } from '../../runtime/error.ts';

export const trustErrors = {
	'metadata-signature': 'metadata is not signed by enough of the keys this box trusts for it',
	'metadata-expired':
		'metadata is older than its signer allows: renew the repository, or set the clock of the box',
	'metadata-rollback': 'metadata is older than what this box has seen before',
	'metadata-mismatch': 'metadata files do not belong together: one is not what the other says it is',
	'metadata-malformed': 'metadata cannot be read as what it should be',
	'metadata-missing': 'the repository has no such metadata, or this box has not fetched any yet',
	'metadata-too-large': 'metadata is larger than this box is ready to read',
} as const;

export type TrustErrorCode = keyof typeof trustErrors;

export class TrustError extends CodedError<TrustErrorCode> {
	override readonly name = 'TrustError';
}
