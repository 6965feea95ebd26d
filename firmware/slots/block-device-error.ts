/** What can go wrong with a block device. */
import { CodedError } from '../../runtime/error.ts';

export const blockDeviceErrors = {
	'no-device': 'there is no such device or file, or it cannot be opened; the cause tells why',
	'out-of-range': 'the place is not, or not wholly, on the device',
	'device-failed': 'the device did not read, write or sync; the cause is what the kernel said',
} as const;

export class BlockDeviceError extends CodedError<keyof typeof blockDeviceErrors> {
	override readonly name = 'BlockDeviceError';
}

/** @throws BlockDeviceError `out-of-range` */
export function requireOnDevice({ size, at, length }: { size: number; at: number; length: number }): void {
	if (Number.isSafeInteger(at) && at >= 0 && at + length <= size) return;
	throw new BlockDeviceError('out-of-range', `${length} bytes at ${at} of a device of ${size}`);
}
