/** What can be wrong with a recording. */
import { CodedError } from '../error.ts';

export const recordingErrors = {
	'malformed-record': 'The bytes are no record of a turn, or are cut off or damaged.',
	'malformed-recording': 'The file is no recording, is cut off, or was changed after it was made.',
	'state-of-another':
		'The recording goes on from a state, which only the very module and platform that were recorded can take.',
	'unknown-recording':
		'There is no such recording on this box: it was read to its end, or nobody came for it.',
	'too-many-recordings': 'As many VMs are being recorded as this box can do at a time.',
} as const;

export class RecordingError extends CodedError<keyof typeof recordingErrors> {
	override readonly name = 'RecordingError';
}
