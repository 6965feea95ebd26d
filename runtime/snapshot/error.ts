/** Why a snapshot cannot be used. */
import { CodedError } from '../error.ts';

export const snapshotErrors = {
	damaged: 'The snapshot is cut off, or is not what was written.',
	'other-version': 'The snapshot was taken by another version of the platform.',
	'other-module': 'The snapshot is of another module, or of another build of it.',
	'not-next': 'The snapshot holds changes only, and what they were made to is not there.',
	'too-large': 'The snapshot is larger than this box takes.',
} as const;

export class SnapshotError extends CodedError<keyof typeof snapshotErrors> {
	override readonly name = 'SnapshotError';
}
