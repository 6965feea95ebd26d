/** What can go wrong with the modules kept on the box. */
import { CodedError } from '../error.ts';

export const storeErrors = {
	'digest-mismatch': 'the bytes are not those of the digest they were given with; nothing was stored',
	'not-stored': 'no module with this digest is on the box; fetch it again',
	'store-corrupt': 'what the disk gave back is not what was stored; install the module again',
	'store-newer':
		'another firmware has written what is installed, in a way that this one cannot read; it is kept for that one',
	'in-use': 'a deployment unit still names this module; forget the unit first',
	'bad-unit': 'a deployment unit cannot be recorded as it is',
} as const;

export class StoreError extends CodedError<keyof typeof storeErrors> {
	override readonly name = 'StoreError';
}
