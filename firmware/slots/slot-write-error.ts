/** What can go wrong while an image is written into a slot. */
import { CodedError } from '../../runtime/error.ts';

export const slotWriteErrors = {
	'image-too-large': 'the image is larger than the partition it is for; nothing was written',
	'length-mismatch': 'the image that came is shorter or longer than it was promised to be',
	'digest-mismatch': 'the image that came is not the one that was promised',
	'write-failed': 'the partition could not be written; the cause is what the device said',
	'read-back-failed': 'the partition does not give back what was written to it',
} as const;

export class SlotWriteError extends CodedError<keyof typeof slotWriteErrors> {
	override readonly name = 'SlotWriteError';
}
