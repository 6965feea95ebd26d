/** Why a module counts as not certified. */
import { CodedError } from '../error.ts';

export const certificateErrors = {
	'not-certified':
		'This box starts only modules with a certificate for exactly their bytes, signed by whom it trusts, that says all replays were equal.',
} as const;

export class CertificateError extends CodedError<keyof typeof certificateErrors> {
	override readonly name = 'CertificateError';
}
