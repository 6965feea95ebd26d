/** What can go wrong when an image is made of another one and a patch. */
import { CodedError } from '../../runtime/error.ts';

export const deltaErrors = {
	'delta-malformed':
		'the patch is not one, is of a version this box does not know, or asks for too much memory',
	'delta-other-image': 'the patch makes another image than the one that was promised',
	'delta-base-mismatch': 'the image the patch starts from is not the one that is here; take the whole image',
	'delta-damaged': 'the patch ended early, or a part of it does not give what it should',
} as const;

export class DeltaError extends CodedError<keyof typeof deltaErrors> {
	override readonly name = 'DeltaError';
}
