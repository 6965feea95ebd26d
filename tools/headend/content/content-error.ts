/** Why the content server did not do what it was asked. */
import { CodedError } from '../../../runtime/error.ts';

export const contentErrors = {
	'bad-shape': 'a rate or delay is out of its range',
	'cannot-listen': 'the address of a network is taken, or is none of this machine',
	'unknown-network': 'no network of that name is served',
} as const;

export class ContentError extends CodedError<keyof typeof contentErrors> {
	override readonly name = 'ContentError';
}
