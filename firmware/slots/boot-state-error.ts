/** What can go wrong with the boot state. */
import { CodedError } from '../../runtime/error.ts';

export const bootStateErrors = {
	'boot-state-lost': 'neither copy of the boot state is whole; the box goes on as one that was never set up',
	'boot-state-not-written': 'the boot state could not be written; the one before counts',
	'bad-boot-state': 'a boot state does not fit its place, or holds a value that it may not have',
} as const;

export class BootStateError extends CodedError<keyof typeof bootStateErrors> {
	override readonly name = 'BootStateError';
}
