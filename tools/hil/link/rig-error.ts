/** Why a rig could not be built, or was asked for what it has not. */
import { CodedError } from '../../../runtime/error.ts';

export const rigErrors = {
	'bad-shape': 'a rate, delay, loss or queue is out of its range',
	'command-failed': 'a program of the rig ended with an error',
	'missing-tool': 'a program the rig needs is not installed, or the rig is not run as root',
	'unknown-network': 'no network of that name is in this rig',
} as const;

export class RigError extends CodedError<keyof typeof rigErrors> {
	override readonly name = 'RigError';
}
