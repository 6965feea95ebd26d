/** Why two pieces of audio could not be compared. */
import { CodedError } from '../../runtime/error.ts';

export const mediaErrors = {
	'missing-tool': 'ffmpeg is not installed',
	'not-audio': 'ffmpeg found no audio in the file',
} as const;

export class MediaError extends CodedError<keyof typeof mediaErrors> {
	override readonly name = 'MediaError';
}
