/** What can keep a module from being certified. */
import { CodedError } from '../../runtime/error.ts';

export const certifyErrors = {
	'no-recordings': 'There is no recording of this module; make one with `mullion record`.',
	'trial-failed': 'A device profile could not be tried: its process ended without an answer.',
	'unknown-profile': 'There is no such device profile.',
	'bad-key': 'The key is no private ed25519 key in a PEM file.',
} as const;

export class CertifyError extends CodedError<keyof typeof certifyErrors> {
	override readonly name = 'CertifyError';
}
