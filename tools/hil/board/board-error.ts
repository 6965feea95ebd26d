/** Why a board could not be had, or could not do what a test asked of it. */
import { CodedError } from '../../../runtime/error.ts';

export const boardErrors = {
	'board-lacks': 'no board on offer has all that was asked for, or a feature was used that was not claimed',
	'board-busy': 'another test holds the board',
	'board-off': 'it is switched off, or has switched itself off',
	'board-gone': 'the board ended or was closed while somebody waited for it',
	'did-not-start': 'the program that is the board ended before it ran; its last words are in the message',
	'missing-tool': 'a program that the board needs is not installed',
	'command-failed': 'a program of the board or of the lab ended with an error',
	'qmp-refused': 'QEMU refused a command; its own words are in the message',
	'unexpected-output': 'the console said what the test takes for a failure',
	'bad-image': 'a file of the image is missing, or is not what it should be',
	'bad-range': 'a range of sectors or a speed is outside of what the disk can have',
	'bad-lab-file': 'the description of the lab cannot be used as it is; the message says where',
	'bad-write-log': 'not a log of writes, or one that contradicts itself',
} as const;

export class BoardError extends CodedError<keyof typeof boardErrors> {
	override readonly name = 'BoardError';
}
