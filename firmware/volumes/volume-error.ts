/** Why nothing can be had from a volume that was plugged in. */
import { CodedError } from '../../runtime/error.ts';

export const volumeErrors = {
	'volume-unreadable': 'A volume that was plugged in cannot be mounted or read, or was pulled out meanwhile.',
	'volume-damaged': 'A file on a volume is not what the operator has signed under its name.',
	'volume-denied': 'The rules of the box allow no module of this name from a volume.',
	'too-many-volumes': 'More volumes are plugged in than the box looks at.',
} as const;

export class VolumeError extends CodedError<keyof typeof volumeErrors> {
	override readonly name = 'VolumeError';
}
