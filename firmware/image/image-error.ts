/** Why an image cannot be built. */
import { CodedError } from '../../runtime/error.ts';

export const imageErrors = {
	'unknown-board': 'There is no board of this name in firmware/image/boards.',
	'bad-board': 'The description of the board lacks something, or says what cannot be.',
	'tool-missing': 'A program that builds images is not installed.',
	'tool-failed': 'A program that builds images has failed; its last words say why.',
	'unknown-node': 'The program of Node does not hold its data of languages in the form that the build knows.',
	'no-place': 'The folder where an image is to be put cannot be written, or its disk is full.',
	'slot-too-small': 'What is to be in a slot has no room in its partition on this board.',
} as const;

export class ImageError extends CodedError<keyof typeof imageErrors> {
	override readonly name = 'ImageError';
}
