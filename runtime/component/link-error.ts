/** Why the direct linker refused what a guest did or gave. */
import { CodedError } from '../error.ts';

export const linkErrors = {
	'malformed-value': 'The guest passed a pointer, length, tag or character that cannot be.',
	'missing-export': 'The module does not export what its world promises.',
	'not-allowed-now':
		'The guest called an import while it was starting, allocating or cleaning up, when none may be called.',
	'out-of-fuel': 'The guest used up the fuel of one call and was stopped.',
} as const;

/** The instance must not be called again: it is not what it claims to be. */
export class LinkError extends CodedError<keyof typeof linkErrors> {
	override readonly name = 'LinkError';
}
