/** What can go wrong while a target comes to the box. */
import { CodedError } from '../../runtime/error.ts';

export const downloadErrors = {
	'target-missing': 'the repository promises this target but does not have it: refresh and try again',
	'target-length': 'the repository has a file of another length than it promised',
	'target-digest': 'the bytes that came are not the ones that were promised; they were thrown away',
	'target-too-large': 'the target is larger than this box is ready to take',
} as const;

export class DownloadError extends CodedError<keyof typeof downloadErrors> {
	override readonly name = 'DownloadError';
}
